"""What is said of a source agrees with what its collectors can do."""

from __future__ import annotations

import dataclasses

import pytest

from collectors.abilities import ABILITIES
from collectors.registry import SOURCES


def test_every_source_says_what_it_can_see() -> None:
    assert SOURCES.keys() <= ABILITIES.keys()


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_said_is_short_and_whole(name: str) -> None:
    sees = ABILITIES[name]
    for field in dataclasses.fields(sees):
        said = getattr(sees, field.name)
        assert said is None or 0 < len(said) <= 75, field.name
    assert sees.key is None or sees.key in SOURCES[name].settings.__struct_fields__
