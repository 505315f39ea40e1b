"""Every named error has a verdict, also those that a source names for itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

import collectors.registry  # noqa: F401 (all sources, with the errors that they name)
from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.platforms.bluesky.jetstream import JetstreamCollector, StandsStillError
from collectors.platforms.bluesky.wires import NumberUnknownError
from monitor.collect import listen
from monitor.collect.verdicts import end_of
from monitor.config import CollectSettings
from tests.builders import NOON

_PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"


class LeftError(AccessRefusedError):
    """As a source yet to come may name one."""


class LaterError(RateLimitedError):
    """The same."""


def kinds(kind: type[CollectorError] = CollectorError) -> Iterator[type[CollectorError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__name__))
def test_each_error_that_a_source_can_name_has_a_verdict_and_a_reason(kind) -> None:
    given = {"retry_at": NOON} if issubclass(kind, RateLimitedError) else {}
    end = end_of(kind("why", **given), started=False)
    assert end.verdict in ("failed", "refused")
    assert end.detail == "why"
    assert end.missing is not None
    assert (end.retry_at is not None) == bool(given)


def test_an_error_of_a_source_counts_as_what_it_is_a_kind_of() -> None:
    reasons = {
        NumberUnknownError: "outage",
        StandsStillError: "outage",
        LeftError: "refused",
        SourceUnavailableError: "outage",
        PayloadError: "failed",
    }
    for kind, reason in reasons.items():
        assert end_of(kind("why"), started=True).missing == reason
    assert end_of(LaterError("why", retry_at=NOON), started=True).missing == "rate limit"


class Confused:
    """A Jetstream of version 2 that knows no place whatever it is asked for."""

    def recv(self, timeout: float) -> str:
        payload = {"$type": f"{_PATH[6:]}#info", "name": "FutureCursor"}
        return json.dumps({"$type": "message", "payload": payload})

    def close(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize("live", [True, False])
def test_a_jetstream_that_is_always_ahead_of_itself_is_an_outage_and_no_end(stores, live) -> None:
    source = JetstreamCollector(
        [f"wss://a.example{_PATH}"],
        connect=lambda url: Confused(),
        sleep=lambda _: None,
        now=lambda: NOON,
    )
    run = listen(
        stores,
        source,
        ["banjir"],
        settings=CollectSettings(),
        now=lambda: NOON,
        stop=threading.Event(),
        live=live,
    )
    assert (run.verdict, run.detail) == ("failed", "Jetstream: has not come to that number yet")
