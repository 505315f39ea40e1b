"""A relay in memory, and people who sign what they write. It speaks websockets, not HTTP.

The promises of the contract are kept by `platforms/test_nostr.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import coincurve

from collectors.errors import SourceUnavailableError
from tests.collectors.examples import Example
from tests.collectors.servers import NOON

Event = dict[str, Any]


class Person:
    """Signs events."""

    def __init__(self, name: str) -> None:
        self._key = coincurve.PrivateKey(hashlib.sha256(name.encode()).digest())
        self.pubkey = self._key.public_key.format()[1:].hex()
        self.key = f"nostr:{self.pubkey}"

    def sign(
        self,
        content: str = "",
        tags: list[list[str]] | None = None,
        *,
        kind: int = 1,
        at: datetime | int = NOON,
    ) -> Event:
        created_at = at if isinstance(at, int) else int(at.timestamp())
        body = [0, self.pubkey, created_at, kind, tags or [], content]
        digest = hashlib.sha256(
            json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        ).digest()
        return {
            "id": digest.hex(),
            "pubkey": self.pubkey,
            "created_at": created_at,
            "kind": kind,
            "tags": tags or [],
            "content": content,
            "sig": self._key.sign_schnorr(digest).hex(),
        }

    def note(self, text: str = "Air naik lagi", *tags: list[str], at: datetime = NOON) -> Event:
        return self.sign(text, [["t", "banjirkota"], *tags], at=at)


def passes(event: Event, question: dict[str, Any]) -> bool:
    """Tell whether an event passes a filter, as relays compare: byte by byte."""
    for key, wanted in question.items():
        match key:
            case "ids":
                ok = event["id"] in wanted
            case "authors":
                ok = event["pubkey"] in wanted
            case "kinds":
                ok = event["kind"] in wanted
            case "until":
                ok = event["created_at"] <= wanted
            case "limit":
                ok = True
            case _:
                ok = any(tag[:1] == [key[1:]] and tag[1] in wanted for tag in event["tags"])
        if not ok:
            return False
    return True


class FakeRelay:
    """Keeps events, and gives at most `cap` of them per filter."""

    def __init__(self, *events: Event, cap: int = 500, hint: bool = False) -> None:
        self.events, self.cap, self.hint = list(events), cap, hint
        self.questions: list[list[dict[str, Any]]] = []
        self.connections = 0

    def connect(self, url: str) -> FakeSocket:
        assert url == "wss://relay.example"
        self.connections += 1
        return FakeSocket(self.answer)

    def answer(self, message: list[Any]) -> list[Any]:
        if message[0] != "REQ":
            return []
        _, name, *filters = message
        self.questions.append(filters)
        found: dict[str, Event] = {}
        for question in filters:
            passing = [event for event in self.events if passes(event, question)]
            passing.sort(key=lambda event: (-event["created_at"], event["id"]))
            for event in passing[: min(self.cap, question.get("limit", self.cap))]:
                found.setdefault(event["id"] + event["sig"], event)
        hints = [["finish"]] if self.hint else []
        return [*(["EVENT", name, event] for event in found.values()), ["EOSE", name, *hints]]


class FakeSocket:
    """Hands over what `answer` gives for each message sent; then it is silent."""

    def __init__(self, answer: Callable[[list[Any]], list[Any]]) -> None:
        self._answer = answer
        self._waiting: deque[Any] = deque()
        self.is_closed = False

    def send(self, message: str) -> None:
        if self.is_closed:
            raise SourceUnavailableError("connection closed")
        self._waiting += self._answer(json.loads(message))

    def recv(self, timeout: float) -> str | bytes | None:
        assert timeout > 0
        if self.is_closed:
            raise SourceUnavailableError("connection closed")
        if not self._waiting:
            return None
        message = self._waiting.popleft()
        if isinstance(message, Exception):
            raise message
        return message if isinstance(message, str | bytes) else json.dumps(message)

    def close(self) -> None:
        self.is_closed = True


SARI, BUDI, WAYAN = Person("sari"), Person("budi"), Person("wayan")
RELAY = FakeRelay(*(SARI.note(f"Catatan {n}", at=NOON - timedelta(minutes=n)) for n in range(45)))

EXAMPLE = Example(
    settings={"relays": ["wss://relay.example"], "page_size": 20},
    connect=RELAY.connect,
    matched=45,
    received=45,
)
