"""A server on loopback that speaks Mastodon's API, in simulated time.

What it shows exists at `now`; whoever drives the simulation moves that on.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from monitor.demo.entities import account_entity, instance_entity, status_entity
from monitor.demo.records import Campaign, Status
from monitor.demo.shown import Range, Shown

_TIMELINE = re.compile(r"/api/v1/timelines/tag/(?P<tag>[^/]+)")
_STATUS = re.compile(r"/api/v1/statuses/(?P<id>\d{1,19})(?P<boosters>/reblogged_by)?")
_TIMELINE_PAGE, _BOOSTERS_PAGE = (20, 40), (40, 80)  # unless asked for, and at most
_BATCH = 20  # https://docs.joinmastodon.org/methods/statuses/#index
_ALLOWED, _PER = 300, timedelta(minutes=5)  # https://docs.joinmastodon.org/api/rate-limits/


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    payload: object
    headers: Mapping[str, str] = field(default_factory=dict)


class MastodonServer:
    """The server. Use it in a `with`; set `now` before each turn."""

    def __init__(self, campaign: Campaign) -> None:
        self.now = campaign.start
        self.requests = 0
        self._shown = Shown(campaign)
        self._used: tuple[datetime, int] = (campaign.start, 0)  # of which rate limit's window
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), _Handler, self)
        self.host = f"127.0.0.1:{self._http.server_address[1]}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, target: str) -> _Answer:
        """Answer one GET, as of now."""
        with self._lock:
            self.requests += 1
            now, limits = self.now, self._limits()
        if self._shown.is_down(now):
            return _Answer(503, {"error": "Service temporarily unavailable"})
        if limits["X-RateLimit-Remaining"] == "-1":
            return _Answer(429, {"error": "Too many requests"}, limits)
        found = self._find(target, now)
        return _Answer(found.status, found.payload, {**found.headers, **limits})

    def _limits(self) -> dict[str, str]:
        since, used = self._used
        if self.now - since >= _PER:
            since, used = self.now, 0
        self._used = since, used + 1
        return {
            "X-RateLimit-Limit": str(_ALLOWED),
            "X-RateLimit-Remaining": str(max(_ALLOWED - used - 1, -1)),
            "X-RateLimit-Reset": _iso(since + _PER),
        }

    def _find(self, target: str, now: datetime) -> _Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/api/v2/instance":
            return _Answer(200, instance_entity(self.host))
        if timeline := _TIMELINE.fullmatch(parts.path):
            asked = _range(query, *_TIMELINE_PAGE)
            statuses = self._shown.tagged(timeline["tag"], asked, now=now)
            ids = [status.id for status in statuses]
            # However short a page is, a timeline names a next one, unless it is empty.
            links = self._links(parts.path, asked, ids, more=bool(ids), newer="min_id")
            return _Answer(200, [self._entity(status, now) for status in statuses], links)
        if parts.path == "/api/v1/statuses":
            asked_for = [int(one) for one in parse_qs(parts.query).get("id[]", []) if one.isdigit()]
            known = (self._shown.status(number, now=now) for number in asked_for[:_BATCH])
            return _Answer(200, [self._entity(one, now) for one in known if one is not None])
        if named := _STATUS.fullmatch(parts.path):
            status = self._shown.status(int(named["id"]), now=now)
            if status is None:
                return _Answer(404, {"error": "Record not found"})
            return (
                self._boosters(status, parts.path, query, now)
                if named["boosters"]
                else (_Answer(200, self._entity(status, now)))
            )
        return _Answer(404, {"error": "Not found"})

    def _boosters(self, status: Status, path: str, query: dict[str, str], now: datetime) -> _Answer:
        asked = _range(query, *_BOOSTERS_PAGE)
        boosts = self._shown.boosts(status, asked, now=now)
        ids = [boost.id for boost in boosts]
        links = self._links(path, asked, ids, more=len(ids) == asked.limit, newer="since_id")
        return _Answer(200, [account_entity(boost.author) for boost in boosts], links)

    def _entity(self, status: Status, now: datetime) -> dict[str, Any]:
        replies, reblogs = self._shown.counts(status, now=now)
        return status_entity(status, replies=replies, reblogs=reblogs)

    def _links(
        self, path: str, asked: Range, ids: list[int], *, more: bool, newer: str
    ) -> dict[str, str]:
        def link(name: str, number: int, relation: str) -> str:
            query = urlencode({"limit": asked.limit, name: number})
            return f'<{self.url}{path}?{query}>; rel="{relation}"'

        if not ids:
            return {}
        links = [link("max_id", ids[-1], "next")] if more else []
        return {"Link": ", ".join([*links, link(newer, ids[0], "prev")])}


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], owner: MastodonServer
    ) -> None:
        self.owner = owner
        super().__init__(address, handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def do_GET(self) -> None:  # the name that http.server looks for
        """Answer."""
        answer = self.server.owner.answer(self.path)
        body = json.dumps(answer.payload, ensure_ascii=False).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the simulated time: rate limits are read by the server's own clock."""
        del timestamp
        return format_datetime(self.server.owner.now.astimezone(UTC), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _range(query: Mapping[str, str], usual: int, most: int) -> Range:
    def number(name: str) -> int | None:
        text = query.get(name, "")
        return int(text) if text.isdigit() else None

    return Range(
        limit=max(1, min(number("limit") or usual, most)),
        max_id=number("max_id"),
        since_id=number("since_id"),
        min_id=number("min_id"),
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
