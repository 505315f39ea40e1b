"""What an answer that is none means for the one who asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.http.messages import Reply
from collectors.http.rate_limits import retry_at
from collectors.said import quoted

# 402 and 451 are rare and are said by people; 404 and 410 mean that there is no such service.
_REFUSED = frozenset({401, 402, 403, 404, 410, 451})
# How servers say that they do not have an endpoint: GoToSocial says 405 where it knows the path for
# other methods, others 501, and 400 where they take the last part of the path for an id.
NO_SUCH_ENDPOINT = frozenset({400, 404, 405, 410, 501})
_TOO_EARLY = frozenset({408, 425})
_WEB_PAGE = "a web page"


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, request: str, now: datetime
) -> CollectorError | None:
    """Give the error that an answer with this status is, or None if it is an answer.

    >>> refusal(401, {}, b'{"error": "Token revoked"}', request="a.example: GET /x", now=...)
    AccessRefusedError('a.example: GET /x answered 401: the server says "Token revoked"')
    """
    if 200 <= status < 300:
        return None
    words = server_words(body)
    told = answered(request, status, words)
    if status == 429:
        when = retry_at(headers, now=now)
        return RateLimitedError(f"{told}; may be asked again at {when:%H:%M:%S %Z}", retry_at=when)
    # Mastodon says 422 'This method requires an authenticated user' where others say 401.
    if status in _REFUSED or (status == 422 and "authenticat" in words.lower()):
        return AccessRefusedError(told)
    if status >= 500 or status in _TOO_EARLY:
        return SourceUnavailableError(told)
    return PayloadError(told)


def answered(request: str, status: int, words: str) -> str:
    """Report an answer that is none, and what the server says of it, as its words and not ours.

    >>> answered("a.example: GET /x", 403, "closed; level=error")
    'a.example: GET /x answered 403: the server says "closed, level=error"'
    """
    if words == _WEB_PAGE:
        return f"{request} answered {status}: {words}"
    said = quoted(words)
    return f"{request} answered {status}" + (f": the server says {said}" if said else "")


def server_words(body: bytes) -> str:
    """Return what the server says of the matter, as it says it.

    >>> server_words(b'{"error": "Not Found"}')
    'Not Found'
    >>> server_words(b'{"error": {"code": "NO_SUCH_NOTE", "message": "No such note."}}')
    'No such note.'
    >>> server_words(b"<!DOCTYPE html><title>One moment</title>")
    'a web page'
    """
    if is_web_page(body):
        return _WEB_PAGE
    try:
        # Errors are often a proxy's, in whatever encoding that has.
        said = msgspec.json.decode(body.decode("utf-8", "replace"), type=_Said)
    except (msgspec.DecodeError, RecursionError):
        return ""
    inner = said.error if isinstance(said.error, _Error) else _Error()
    plain = said.error if isinstance(said.error, str) else None
    words = said.error_description or plain or inner.message or inner.code or ""
    return str(words or said.message or said.detail or said.title or "")


def payload_of(reply: Reply, asked: str, allow: Collection[int]) -> object:
    """Decode an answer; None if it is one of `allow` and holds no JSON. Raises `PayloadError`."""
    try:
        payload: object = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        if reply.status in allow:
            return None
        if is_web_page(reply.body):
            raise PayloadError(
                f"{asked} answered with a web page instead of JSON: a challenge to bots, "
                f"a login, or no server of this kind"
            ) from error
        raise PayloadError(f"{asked}: broken JSON: {error}") from error
    return payload


def is_web_page(body: bytes) -> bool:
    """Tell whether the body is a page for people: a challenge, a login, a maintenance notice."""
    return body[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


class _Error(msgspec.Struct):
    message: str | None = None
    code: str | int | None = None


class _Said(msgspec.Struct):
    error: str | _Error | None = None
    error_description: str | None = None
    message: str | None = None
    detail: str | None = None  # https://www.rfc-editor.org/rfc/rfc9457
    title: str | None = None
