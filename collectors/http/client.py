"""Asks one server for JSON, politely."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

import httpx
import msgspec

from collectors.errors import CollectorError, PayloadError, RateLimitedError, SourceUnavailableError
from collectors.http.addresses import is_private
from collectors.http.line import Line
from collectors.http.messages import Answer, Call, Document, Params, Reply
from collectors.http.rate_limits import is_exhausted, retry_at
from collectors.http.refusals import is_web_page, refusal
from collectors.paces import Pace

MEGABYTE = 1_000_000
_CONNECT_TIMEOUT = 10.0
_MAX_REDIRECTS = 3
_ATTEMPTS = 3
_BACKOFF = 0.5  # seconds before the second attempt, doubled before the third
_WORTH_WAITING = 5.0  # seconds: rather than end a run for the rest of a rate limit's window
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
        # Who names a private address in the settings means it.
        self._line = Line(private_addresses=private_addresses or is_private(self._base.host))
        self._lock = threading.RLock()
        self._is_asking = False
        self._is_closed = False
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(total_timeout, connect=min(_CONNECT_TIMEOUT, total_timeout)),
            headers={
                "User-Agent": user_agent,
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
            },
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
        reply, asked = self._ask(
            Call("GET", self._base.join(path_or_url), params, None, headers or {}), allow
        )
        return Answer(reply.status, reply.headers, self._payload(reply, asked, allow), reply.url)

    def post_json(
        self,
        path_or_url: str,
        payload: object,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Answer:
        """Ask with a JSON body. For questions only: it is tried three times like `get_json`."""
        reply, asked = self._ask(
            Call("POST", self._base.join(path_or_url), None, payload, headers or {}), allow
        )
        return Answer(reply.status, reply.headers, self._payload(reply, asked, allow), reply.url)

    def get_document(
        self,
        path_or_url: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        allow: Collection[int] = (),
    ) -> Document:
        """Ask for what is no JSON. Allow 304 with conditional headers."""
        reply, _ = self._ask(
            Call("GET", self._base.join(path_or_url), params, None, headers or {}), allow
        )
        return Document(reply.status, reply.headers, reply.body, reply.url)

    def _ask(self, call: Call, allow: Collection[int]) -> tuple[Reply, str]:
        asked = f"{self.host}: {call.method} {call.url.path}"
        with self._asking(asked):
            self._await_allowance(asked)
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

    def _await_allowance(self, asked: str) -> None:
        now = self._now()
        if rest := self._pace.breaker.rests_until(now):
            raise SourceUnavailableError(
                f"{asked}: not asked, {self.host} has failed {self._pace.breaker.failures} times "
                f"in a row; it is asked again from {rest:%H:%M:%S %Z}".rstrip()
            )
        until = self._pace.blocked_until(now)
        if until is None:
            return
        wait = (until - now).total_seconds()
        if wait > _WORTH_WAITING:
            raise RateLimitedError(
                f"{asked}: not asked, the rate limit is used up until {until:%H:%M:%S %Z}",
                retry_at=until,
            )
        self._pause(wait, asked)

    def _try(self, call: Call, allow: Collection[int], asked: str) -> Reply:
        attempts = 1 if self._pace.breaker.is_on_trial else _ATTEMPTS
        for attempt in range(1, attempts + 1):
            self._pause(self._pace.next_turn(self._min_interval), asked)
            failure: Exception | None = None
            try:
                reply = self._exchange(call, allow, asked)
            except (httpx.TransportError, httpx.DecodingError) as error:
                self._line.cut()
                self._refuse_when_closed(asked)
                failure, told = error, f"{asked}: {type(error).__name__} {error}".rstrip()
            else:
                if reply.status < 500 or reply.status in allow:
                    return reply
                told = str(self._refusal(reply, asked))
            if attempt < attempts:
                self._pause(_BACKOFF * 2 ** (attempt - 1) * _JITTER.uniform(0.5, 1.5), asked)
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        raise SourceUnavailableError(f"{told} ({tried})") from failure

    def _exchange(self, call: Call, allow: Collection[int], asked: str) -> Reply:
        # A token goes to the server that it is for; httpx drops it when a redirect leaves.
        url, headers = call.url, dict(call.headers)
        is_home = (url.scheme, url.netloc) == (self._base.scheme, self._base.netloc)
        if self._authorization and is_home:
            headers.setdefault("Authorization", self._authorization)
        request = self._client.build_request(
            call.method,
            url,
            params=call.params,
            json=call.payload,
            headers=headers,
            extensions={"trace": self._line.trace},
        )
        deadline = self._monotonic() + self._total_timeout
        with self._line.cut_after(self._total_timeout):
            try:
                return self._follow(request, deadline, allow, asked)
            except (httpx.TransportError, httpx.DecodingError) as error:
                self._refuse_when_late(deadline, asked, error)
                raise

    def _follow(
        self, request: httpx.Request, deadline: float, allow: Collection[int], asked: str
    ) -> Reply:
        for _ in range(_MAX_REDIRECTS + 1):
            self._line.expect(request.url.host, asked)
            response = self._client.send(request, stream=True)
            try:
                if response.next_request is None or response.status_code in allow:
                    body = self._read(response, deadline, asked)
                    return Reply(response.status_code, response.headers, body, str(request.url))
                if response.next_request.url.scheme != request.url.scheme:
                    raise PayloadError(f"{asked}: redirected to {response.next_request.url.scheme}")
                request = response.next_request
            finally:
                response.close()
        raise PayloadError(f"{asked}: redirected more than {_MAX_REDIRECTS} times")

    def _read(self, response: httpx.Response, deadline: float, asked: str) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._max_bytes:
                self._line.cut()
                megabytes = self._max_bytes / MEGABYTE
                raise PayloadError(f"{asked}: the answer is larger than {megabytes:g} MB")
            self._refuse_when_late(deadline, asked)
        # A line that was cut can look like the end of an answer that does not tell its length.
        self._refuse_when_closed(asked)
        self._refuse_when_late(deadline, asked)
        return bytes(body)

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

    def _payload(self, reply: Reply, asked: str, allow: Collection[int]) -> object:
        try:
            payload: object = msgspec.json.decode(reply.body)
        except (msgspec.DecodeError, RecursionError) as error:
            if reply.status in allow:
                return None
            if is_web_page(reply.body):
                raise PayloadError(
                    f"{asked} answered with a web page instead of JSON: a challenge to bots, "
                    f"a login, or no server of this kind"
                ) from error
            raise PayloadError(f"{asked}: broken JSON: {error}") from error
        return payload
