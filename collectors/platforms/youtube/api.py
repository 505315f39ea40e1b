"""Asks Google's Data API, and says what its refusals mean.

https://developers.google.com/youtube/v3/docs/errors
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import msgspec

from collectors.errors import AccessRefusedError, CollectorError, PayloadError, RateLimitedError
from collectors.http import Answer, PoliteClient
from collectors.http.rate_limits import retry_at
from collectors.http.refusals import answered
from collectors.platforms.youtube.budget import Budget, midnight_after

HOME = "https://www.googleapis.com"
_PATH = "/youtube/v3/"
# A redirect is not followed: the key would go along.
_ANSWERED = frozenset({301, 302, 303, 307, 308, 400, 401, 403, 404, 429})
_DAY_IS_OVER = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_NO_KEY = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID"})
_NOT_ENABLED = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
# Questions about one video, and the reasons that are its own.
# https://developers.google.com/youtube/v3/docs/commentThreads/list#errors
_ABOUT_ONE = frozenset({"commentThreads"})
_OF_THE_ONE = frozenset(
    {"forbidden", "processingFailure", "channelNotFound", "commentsDisabled", "videoNotFound"}
)
_CHECK_KEY = "check the key that collectors.youtube.key_env names"


class _Reason(msgspec.Struct, frozen=True):
    reason: str = ""


class _Error(msgspec.Struct, frozen=True):
    message: str = ""
    errors: list[_Reason] = []
    details: list[_Reason] = []


class _Refusal(msgspec.Struct, frozen=True):
    error: _Error


class Api:
    """Holds the key, and what was spent of the day. Closing it closes the client."""

    def __init__(
        self,
        client: PoliteClient,
        *,
        key: str,
        now: Callable[[], datetime],
        searches_per_day: int,
    ) -> None:
        self._client = client
        # In a header: addresses are stored and logged.
        self._headers = {"X-goog-api-key": key}
        self._now = now
        self._budget = Budget(searches_per_day)
        self._closed_until: datetime | None = None

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def searches(self) -> str:
        """Tell how many searches were made of how many."""
        return f"{self._budget.spent_on(self._now())} of {self._budget.per_day}"

    def search(self, params: Mapping[str, str | int]) -> Answer | None:
        """Search, as far as the day's budget goes; None if the page's token has expired."""
        now = self._now()
        free_at = self._budget.next_at(now)
        if free_at > now:
            raise RateLimitedError(
                f"youtube: not asked, {self.searches()} searches of this day are used; "
                f"the next one at {free_at:%H:%M:%S %Z}",
                retry_at=free_at,
            )
        self._budget = self._budget.spend(now)
        return self.ask("search", params, unless={"invalidPageToken"})

    def ask(
        self, what: str, params: Mapping[str, str | int], *, unless: Collection[str] = ()
    ) -> Answer | None:
        """Ask; None if the refusal's reason is one of `unless`. Raises `CollectorError`."""
        now = self._now()
        if self._closed_until is not None and self._closed_until > now:
            raise RateLimitedError(
                f"youtube: not asked, the day's quota is used up until "
                f"{self._closed_until:%H:%M:%S %Z}",
                retry_at=self._closed_until,
            )
        answer = self._client.get_json(_PATH + what, params, headers=self._headers, allow=_ANSWERED)
        if 200 <= answer.status < 300:
            return answer
        said = _said(answer.payload)
        reasons = {reason.reason for reason in (*said.errors, *said.details)}
        if not reasons.isdisjoint(unless):
            return None
        error = _refusal(answer, said, reasons, what=what, now=self._now())
        if isinstance(error, RateLimitedError) and error.retry_at == midnight_after(self._now()):
            # Searches have a quota of their own: counts and comments may still be asked for.
            if what == "search":
                self._budget = self._budget.exhaust(self._now())
            else:
                self._closed_until = error.retry_at
        raise error


def _said(payload: object) -> _Error:
    try:
        return msgspec.convert(payload, _Refusal).error
    except msgspec.ValidationError:
        return _Error()


def _refusal(
    answer: Answer, said: _Error, reasons: set[str], *, what: str, now: datetime
) -> CollectorError:
    told = answered(f"youtube: {what}", answer.status, said.message)
    is_too_fast = answer.status == 429 or not reasons.isdisjoint(_TOO_FAST)
    if not reasons.isdisjoint(_DAY_IS_OVER) or (is_too_fast and "per day" in said.message.lower()):
        when = midnight_after(now)
        return RateLimitedError(
            f"{told}; the day's quota is used up until {when:%H:%M:%S %Z}", retry_at=when
        )
    if is_too_fast:
        return RateLimitedError(told, retry_at=retry_at(answer.headers, now=now))
    if not reasons.isdisjoint(_NOT_ENABLED):
        return AccessRefusedError(f"{told}; enable 'YouTube Data API v3' in the key's project")
    if what in _ABOUT_ONE and answer.status != 401 and reasons <= _OF_THE_ONE:
        return AccessRefusedError(f"{told} (said of this video)")
    if answer.status in (401, 403, 404) or not reasons.isdisjoint(_NO_KEY):
        return AccessRefusedError(f"{told}; {_CHECK_KEY}")
    return PayloadError(told)
