"""One example per registered source: settings, a server, and what that server shows.

Each is `EXAMPLE` in the module of the source's name; `tests/collectors/test_contract.py` holds
every registered source to the promises of `collectors/collector.py` with it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from collectors.http import Connect
from collectors.registry import SOURCES


@dataclass(frozen=True, kw_only=True)
class Example:
    """A source as the contract sees it. `answering` plays the server, `connect` the websocket.

    The settings make exactly one collector, which pages (or streams) the hashtag `tag`.
    """

    settings: dict[str, object]
    answering: Callable[[httpx.Request], httpx.Response] | None = None
    connect: Connect | None = None
    tag: str = "banjirkota"
    matched: int = 0  # matched posts in all
    received: int = 0  # records in all that the server gives, matched or not
    rejected: int = 0
    # What the source itself does not tell apart: failures of the contract's list that it answers
    # otherwise, by the name there, each with the reason.
    exempt: dict[str, str] = field(default_factory=dict)


def examples() -> dict[str, Example]:
    """Give the example of every registered source. Fails for a source that has none."""
    return {
        name: importlib.import_module(f"tests.collectors.examples.{name}").EXAMPLE
        for name in SOURCES
    }
