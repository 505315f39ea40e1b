"""Damages payloads as the world does: fields missing, of another type, absurd, or cut off."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

COUNT = int(os.environ.get("FUZZ_COUNT", "300"))

_ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    "",
    " ",
    "\x00",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2026-03-01T12:00:00",
    "not a time",
    "<script>",
    "＃Tagar\u200d",
    "\ud800",
    "x" * 10_000,
    [],
    {},
    [None],
    [[]],
    {"": {}},
]


def mutations(payload: Any, count: int = COUNT, seed: int = 0) -> Iterator[Any]:
    """Give damaged copies of a payload (what JSON decodes to), the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        damaged = copy.deepcopy(payload)
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            damaged = _damage(damaged, rng)
        yield damaged


def _damage(value: Any, rng: random.Random) -> Any:
    places = list(_places(value))
    if not places:
        return rng.choice(_ODD)
    holder, key = rng.choice(places)
    match rng.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        case 2:
            holder[key] = copy.deepcopy(rng.choice(places)[0])
        case 3 if isinstance(holder[key], str) and holder[key]:
            cut = rng.randrange(len(holder[key]))
            holder[key] = (
                holder[key][:cut] + rng.choice(("", "\x00", "é", "\n")) + holder[key][cut + 1 :]
            )
        case _:
            holder[key] = copy.deepcopy(rng.choice(_ODD))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place within a value as the list or dict that holds it, and the key there."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)
