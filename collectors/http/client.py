"""Asks one server for JSON, politely."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import cast

import httpx

from collectors.errors import CollectorError, PayloadError, RateLimitedError, SourceUnavailableError
from collectors.http.addresses import is_private
from collectors.http.allowance import allowance
from collectors.http.line import Line
from collectors.http.messages import Answer, Call, Document, Params, Reply
from collectors.http.rate_limits import is_exhausted, retry_at
from collectors.http.redirects import NoCookies, following, hide_location
from collectors.http.refusals import payload_of, refusal
from collectors.http.unpacking import ACCEPTED, BrokenBodyError, UnreadableBodyError, unpacked
from collectors.paces import Pace
from collectors.said import one_line, quoted

MEGABYTE = 1_000_000
_CONNECT_TIMEOUT = 10.0
_MAX_REDIRECTS = 3
_ATTEMPTS = 3
_BACKOFF = 0.5  # seconds before the second attempt, doubled before the third
_JITTER = random.SystemRandom()


class PoliteClient:
    """Holds the connections to one server. One thread asks; any thread may close."""

    def __init__(
        self,
        base_url: str,
        *,
        user_agent: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        monotonic: Callable[[], float] = time.monotonic,
        token: str | None = None,
        transport: httpx.BaseTransport | None = None,
        total_timeout: float = 30.0,
        max_bytes: int = 10 * MEGABYTE,
        min_interval: float = 1.0,
        pace: Pace | None = None,
        private_addresses: bool = False,
    ) -> None:
        self._base = httpx.URL(base_url)
        self.host = self._base.netloc.decode("ascii")
        self.has_token = token is not None
        self._authorization = None if token is None else f"Bearer {token}"
        self._now, self._sleep, self._monotonic = now, sleep, monotonic
        self._total_timeout, self._max_bytes = total_timeout, max_bytes
        self._min_interval = min_interval
        self._pace = pace or Pace(monotonic=monotonic)
        self._line = Line(private_addresses=private_addresses)
        self._lock = threading.RLock()
        self._is_asking = False
        self._is_closed = False
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(total_timeout, connect=min(_CONNECT_TIMEOUT, total_timeout)),
            headers={
                "User-Agent": user_agent,
                "Accept": "application/json",
                "Accept-Encoding": ACCEPTED,
            },
            cookies=NoCookies(),
            event_hooks={"response": [hide_location]},
        )

    def get_json(
        self,
        path_or_url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        """Ask, and give the answer. A status in `allow` is an answer too. Raises `CollectorError`.

        Connection errors and 5xx are tried three times in all.
        """
        return self._answer(self._call("GET", path_or_url, headers, params=params), allow)

    def post_json(
        self,
        path_or_url: str,
        payload: object,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        """Ask with a JSON body. For questions only: it is tried three times like `get_json`.

        No body goes to another server, whatever this one says.
        """
        return self._answer(self._call("POST", path_or_url, headers, payload=payload), allow)

    def get_document(
        self,
        path_or_url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Document:
        """Ask for what is no JSON. Allow 304 with conditional headers."""
        reply, _ = self._ask(self._call("GET", path_or_url, headers, params=params), allow)
        return Document(reply.status, reply.headers, reply.body, reply.url)

    def _answer(self, call: Call, allow: Collection[int]) -> Answer:
        reply, asked = self._ask(call, allow)
        return Answer(reply.status, reply.headers, payload_of(reply, asked, allow), reply.url)

    def _call(
        self,
        method: str,
        path_or_url: str,
        headers: Mapping[str, str] | None,
        *,
        params: Params | None = None,
        payload: object = None,
    ) -> Call:
        try:
            url = self._base.join(path_or_url)
        except (httpx.InvalidURL, ValueError) as error:
            raise PayloadError(f"{self.host}: {quoted(path_or_url)} is no address") from error
        return Call(method, url, params, payload, headers or {})

    def _ask(self, call: Call, allow: Collection[int]) -> tuple[Reply, str]:
        asked = f"{self.host}: {call.method} {call.url.path}"
        with self._asking(asked):
            wait = allowance(self._pace, host=self.host, asked=asked, now=self._now())
            self._pause(wait, asked)
            try:
                reply = self._try(call, allow, asked)
            except SourceUnavailableError:
                if not self._is_closed:  # else it is we who went away
                    self._pace.failed(self._now())
                raise
            self._pace.answered()
            error = None if reply.status in allow else self._refusal(reply, asked)
            if isinstance(error, RateLimitedError):
                self._pace.block(error.retry_at)
            elif is_exhausted(reply.headers):
                self._pace.block(retry_at(reply.headers, now=self._now()))
            if error is not None:
                raise error
            return reply, asked

    def close(self) -> None:
        """Let go of the connections. A request that runs in another thread ends at once."""
        with self._lock:
            self._is_closed = True
            self._line.close()
            if not self._is_asking:
                self._client.close()

    @contextlib.contextmanager
    def _asking(self, asked: str) -> Iterator[None]:
        with self._lock:
            self._refuse_when_closed(asked)
            self._is_asking = True
        try:
            yield
        finally:
            with self._lock:
                self._is_asking = False
                # `close` left this to us: a connection in use must not be closed under its user.
                if self._is_closed:
                    self._client.close()

    def _refuse_when_closed(self, asked: str) -> None:
        if self._is_closed:
            raise SourceUnavailableError(f"{asked}: stopped, because gaung is stopping")

    def _pause(self, seconds: float, asked: str) -> None:
        if seconds > 0:
            self._sleep(seconds)
        self._refuse_when_closed(asked)

    def _try(self, call: Call, allow: Collection[int], asked: str) -> Reply:
        attempts = 1 if self._pace.breaker.is_on_trial else _ATTEMPTS
        for attempt in range(1, attempts + 1):
            self._pause(self._pace.next_turn(self._min_interval), asked)
            failure: Exception | None = None
            try:
                reply = self._exchange(call, allow, asked)
            except (httpx.TransportError, BrokenBodyError) as error:
                self._line.cut()
                self._refuse_when_closed(asked)
                failure = error
                told = f"{asked}: {type(error).__name__} {one_line(error, 200)}".rstrip()
            else:
                if reply.status < 500 or reply.status in allow:
                    return reply
                told = str(self._refusal(reply, asked))
            if attempt < attempts:
                self._pause(_BACKOFF * 2 ** (attempt - 1) * _JITTER.uniform(0.5, 1.5), asked)
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        raise SourceUnavailableError(f"{told} ({tried})") from failure

    def _exchange(self, call: Call, allow: Collection[int], asked: str) -> Reply:
        deadline = self._monotonic() + self._total_timeout
        with self._line.cut_after(self._total_timeout):
            try:
                return self._follow(call, deadline, allow, asked)
            except (httpx.TransportError, BrokenBodyError) as error:
                self._refuse_when_late(deadline, asked, error)
                raise

    def _follow(self, call: Call, deadline: float, allow: Collection[int], asked: str) -> Reply:
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._send(call, asked)
            try:
                url, is_allowed = response.request.url, response.status_code in allow
                onward = None if is_allowed else following(response, call, url, asked)
                if onward is None:
                    is_answer = response.is_success or is_allowed
                    body = self._read(response, deadline, asked, is_answer=is_answer)
                    return Reply(response.status_code, response.headers, body, str(url))
                call = onward
            finally:
                response.close()
        raise PayloadError(f"{asked}: redirected more than {_MAX_REDIRECTS} times")

    def _send(self, call: Call, asked: str) -> httpx.Response:
        headers = dict(call.headers)
        # A token goes to the server that it is for, and to no other.
        is_home = (call.url.scheme, call.url.netloc) == (self._base.scheme, self._base.netloc)
        if self._authorization and is_home and not call.has_left:
            headers.setdefault("Authorization", self._authorization)
        try:
            request = self._client.build_request(
                call.method,
                call.url,
                params=call.params,
                json=call.payload,
                headers=headers,
                extensions={"trace": self._line.trace},
            )
            # As the connection names it: a name beyond ASCII has two forms.
            host = request.url.raw_host.decode("ascii")
            # Who writes a private address into the settings means it.
            self._line.expect(host, asked, may_be_near=is_home and is_private(host))
            return self._client.send(request, stream=True)
        except (httpx.InvalidURL, ValueError, OverflowError) as error:
            # Of a name that cannot be looked up, or a port that there is not.
            raise PayloadError(f"{asked}: cannot be asked: {one_line(error, 200)}") from error

    def _read(
        self, response: httpx.Response, deadline: float, asked: str, *, is_answer: bool
    ) -> bytes:
        """Read a body. Of a refusal only the words are lost when it cannot be read."""
        packing = response.headers.get("Content-Encoding", "")
        try:
            return unpacked(self._pieces(response, deadline, asked), packing, most=self._max_bytes)
        except UnreadableBodyError as error:
            self._line.cut()
            if is_answer:
                raise PayloadError(f"{asked}: {error}") from error
        except BrokenBodyError:
            if is_answer:
                raise
        return b""

    def _pieces(self, response: httpx.Response, deadline: float, asked: str) -> Iterator[bytes]:
        """Return the body as it comes over the line, packed as it is."""
        # What httpx's own `iter_raw` reads from; that one refuses what a test has prepared.
        for piece in cast("httpx.SyncByteStream", response.stream):
            yield piece
            self._refuse_when_late(deadline, asked)
        # A line that was cut can look like the end of an answer that does not tell its length.
        self._refuse_when_closed(asked)
        self._refuse_when_late(deadline, asked)

    def _refuse_when_late(
        self, deadline: float, asked: str, cause: Exception | None = None
    ) -> None:
        if self._monotonic() >= deadline:
            self._line.cut()
            raise SourceUnavailableError(
                f"{asked}: no whole answer within {self._total_timeout:g} s"
            ) from cause

    def _refusal(self, reply: Reply, asked: str) -> CollectorError | None:
        return refusal(reply.status, reply.headers, reply.body, request=asked, now=self._now())
