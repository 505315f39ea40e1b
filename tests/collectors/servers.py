"""Servers that answer from a list, and the collectors and clients that ask them."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.http import PoliteClient
from collectors.paces import Pace
from collectors.platforms.mastodon.collector import MastodonCollector

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads" / "mastodon"
_ROOT = Path(__file__).parents[2]
_numbers = itertools.count(115_000_000_000_000_000)

Answering = Callable[[httpx.Request], httpx.Response]


class Script:
    """Gives its answers one after the other, repeats the last, and remembers what was asked."""

    def __init__(self, *answers: httpx.Response | Exception | Answering) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A response can be read once; each request gets its own.
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return answer(request)

    def asked(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.url.path for request in self.requests]


class Patience:
    """A clock that moves only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    def monotonic(self) -> float:
        return self.seconds


def make_client(answering: Answering, **options: Any) -> PoliteClient:
    """Give a client of https://a.example that asks a script."""
    patience = Patience()
    chosen: dict[str, Any] = {
        "user_agent": "gaung/test",
        "now": lambda: NOON,
        "sleep": patience.sleep,
        "monotonic": patience.monotonic,
        "transport": httpx.MockTransport(answering),
        "min_interval": 0.0,
    }
    # No chance in tests: waits are what they are computed to be.
    pace = Pace(monotonic=options.get("monotonic", patience.monotonic), chance=lambda: 0.0)
    return PoliteClient("https://a.example", **(chosen | {"pace": pace} | options))


def make_collector(
    answering: Answering, *, server: str = "a.example", page_size: int = 40, **options: Any
) -> MastodonCollector:
    return MastodonCollector(server, make_client(answering, **options), page_size=page_size)


def make_account(name: str = "akun_a", **fields: Any) -> dict[str, Any]:
    """Give an account as a server shows it; `name` as in handles, with the host if not local."""
    username, _, host = name.partition("@")
    return {
        "id": f"id-of-{name}",
        "username": username,
        "acct": name,
        "display_name": username.replace("_", " ").title(),
        "bot": False,
        "created_at": "2022-11-18T00:00:00.000Z",
        "url": f"https://{host or 'a.example'}/@{username}",
        "uri": f"https://{host or 'a.example'}/users/{username}",
        "followers_count": 113,
        "following_count": 175,
        "statuses_count": 1386,
    } | fields


def make_mention(name: str) -> dict[str, str]:
    account = make_account(name)
    return {key: account[key] for key in ("id", "username", "url", "acct")}


def make_status(author: str = "akun_a", **fields: Any) -> dict[str, Any]:
    """Give a status as a server shows it."""
    number = str(next(_numbers))
    account = fields.pop("account", make_account(author))
    return {
        "id": number,
        "created_at": "2026-03-01T11:00:00.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "visibility": "public",
        "language": "id",
        "uri": f"{account['uri']}/statuses/{number}",
        "url": f"{account['url']}/{number}",
        "replies_count": 0,
        "reblogs_count": 2,
        "favourites_count": 3,
        "edited_at": None,
        "content": "<p>Air naik lagi</p>",
        "reblog": None,
        "account": account,
        "mentions": [],
        "tags": [{"name": "BanjirKota", "url": "https://a.example/tags/BanjirKota"}],
        "card": None,
    } | fields


def page(
    rows: object, *, next_id: str | None = None, link: str | None = None, **headers: str
) -> httpx.Response:
    """Answer with a list and links, to the next page if there is one; `link=""`: without any."""
    if next_id is not None:
        link = f'<https://a.example/api/v1/timelines/tag/x?max_id={next_id}>; rel="next"'
    elif link is None and rows:
        link = '<https://a.example/api/v1/timelines/tag/x?min_id=1>; rel="prev"'
    return httpx.Response(200, json=rows, headers=({"Link": link} if link else {}) | headers)


def shared_folder() -> Path:
    """Where responses of real servers lie; they hold real people's posts and stay outside."""
    return Path(os.environ.get("GAUNG_SHARED", _ROOT.parent / "shared")) / "fixtures"


def recorded(name: str) -> list[dict[str, Any]]:
    """Give the recorded exchanges of a file, or skip the test."""
    path = shared_folder() / name
    if not path.exists():
        pytest.skip(f"recorded answers of real servers are kept outside of the repository: {path}")
    exchanges: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["interactions"]
    return exchanges


def replay(exchanges: list[dict[str, Any]]) -> Iterator[httpx.Response]:
    """Turn recorded exchanges into answers."""
    for exchange in exchanges:
        headers = {
            name: value
            for name, value in exchange["headers"].items()
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        }
        yield httpx.Response(exchange["status"], json=exchange["body"], headers=headers)
