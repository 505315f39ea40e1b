"""Asks Meta's Threads API, and says what its refusals mean.

https://developers.facebook.com/docs/threads/keyword-search
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from collectors.errors import AccessRefusedError, CollectorError, PayloadError, RateLimitedError
from collectors.http import Answer, PoliteClient
from collectors.http.refusals import answered

HOME = "https://graph.threads.net"
_DAY = timedelta(hours=24)
_SHARES = 8  # of the day's queries may be used in as great a part of the day, as a start
_FEW = 20
_WAIT = timedelta(hours=1)  # the API does not say until when
_REFUSED = frozenset({400, 401, 403})
# https://developers.facebook.com/docs/graph-api/guides/error-handling
_TOKEN = frozenset({102, 190})
_TOO_MUCH = frozenset({4, 17, 32, 613})


class _Error(msgspec.Struct, frozen=True):
    code: int
    message: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    error: _Error


class Listing(msgspec.Struct, frozen=True):
    """Rows of an answer; they are read one by one, lest a page is lost with one of them."""

    data: list[object]


class _Me(msgspec.Struct, frozen=True):
    username: str


class _Token(msgspec.Struct, frozen=True):
    scopes: list[str] = []


class _Debugged(msgspec.Struct, frozen=True):
    data: _Token


class Api:
    """Holds the client, and what was asked in a day. Closing it closes the client."""

    def __init__(
        self, client: PoliteClient, *, now: Callable[[], datetime], queries_per_day: int
    ) -> None:
        self._client, self._now, self._per_day = client, now, queries_per_day
        # Only this process is counted; what else uses the token is noticed when Meta refuses.
        self._asked: deque[datetime] = deque()
        self._username: str | None = None

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def search(self, params: Mapping[str, str | int]) -> list[object]:
        """Search, as far as the day's budget goes. Empty answers cost nothing."""
        now = self._now()
        while self._asked and now - self._asked[0] >= _DAY:
            self._asked.popleft()
        self._refuse_too_many(now)
        answer = self._ask("/v1.0/keyword_search", params)
        try:
            rows = msgspec.convert(answer.payload, Listing).data
        except msgspec.ValidationError as error:
            raise PayloadError(f"threads: an answer of an unknown shape: {error}") from error
        if rows:
            self._asked.append(now)
        return rows

    def _refuse_too_many(self, now: datetime) -> None:
        """Keep to the limit of a day, and spread it: one look back must not take it all."""
        at_once = max(self._per_day // _SHARES, _FEW)
        spans = ((self._per_day, _DAY), (at_once, _DAY / _SHARES))
        for most, span in spans:
            if len(self._asked) < most or self._asked[-most] + span <= now:
                continue
            until = self._asked[-most] + span
            raise RateLimitedError(
                f"threads: not asked, {most} queries of {span / timedelta(hours=1):g} hours are "
                f"used, {self.used()} in all; the next one at {until:%H:%M:%S %Z}",
                retry_at=until,
            )

    def username(self) -> str:
        """Tell whose token it is."""
        if self._username is None:
            answer = self._ask("/v1.0/me", {"fields": "id,username"})
            try:
                self._username = msgspec.convert(answer.payload, _Me).username
            except msgspec.ValidationError as error:
                raise PayloadError(f"threads: an answer of an unknown shape: {error}") from error
        return self._username

    def scopes(self) -> list[str] | None:
        """Tell what the token may be used for; None if the API does not say.

        https://developers.facebook.com/docs/threads/troubleshooting/debug-access-tokens
        """
        try:
            answer = self._ask("/v1.0/debug_token", {})
            return msgspec.convert(answer.payload, _Debugged).data.scopes
        except (PayloadError, msgspec.ValidationError):
            return None

    def used(self) -> str:
        """Tell how much was asked of how much."""
        return f"{len(self._asked)} of {self._per_day}"

    def _ask(self, path: str, params: Mapping[str, str | int]) -> Answer:
        answer = self._client.get_json(path, params, allow=_REFUSED)
        if answer.status in _REFUSED:
            raise self._refusal(answer, path)
        return answer

    def _refusal(self, answer: Answer, path: str) -> CollectorError:
        try:
            error = msgspec.convert(answer.payload, _Refusal).error
        except msgspec.ValidationError:
            error = _Error(code=0)
        told = answered(f"threads: {path}", answer.status, error.message)
        if error.code in _TOO_MUCH:
            return RateLimitedError(told, retry_at=self._now() + _WAIT)
        if error.code in _TOKEN or answer.status == 401:
            return AccessRefusedError(
                f"{told}; renew the token that collectors.threads.token_env names: it is good for "
                f"60 days"
            )
        if error.code == 10 or 200 <= error.code < 300 or answer.status == 403:
            return AccessRefusedError(f"{told}; the app needs Meta's approval for this")
        return PayloadError(told)
