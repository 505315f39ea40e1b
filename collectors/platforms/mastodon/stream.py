"""Hears hashtags from one Mastodon server as it tells them, besides asking for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from collectors.collector import Interest, PostRef, SourceReport
from collectors.errors import AccessRefusedError, CollectorError, SourceUnavailableError
from collectors.http import Connect, Socket, give_up
from collectors.page import Page
from collectors.platforms.mastodon.api import Api
from collectors.platforms.mastodon.collector import MastodonCollector
from collectors.platforms.mastodon.events import Heard

_PAGE_EVERY = timedelta(seconds=2)
_SILENCE = 1.0
_REMEDY = "stream = true needs the token of a user with the scope read:statuses, not of an app"


class ListeningCollector:
    """Asks one server as `MastodonCollector` does, and hears it too.

    What is heard comes sooner and proves nothing: there is no replay, and a server tells nothing
    of posts that it fetches later. That all was read is proved by asking alone, so the pages of
    the stream do not say from when to when they reach.
    """

    batch = MastodonCollector.batch

    def __init__(self, asked: MastodonCollector, api: Api, *, token: str, connect: Connect) -> None:
        self.source = asked.source
        # `api` is for the thread that listens: a client has one user.
        self._asked, self._api = asked, api
        self._token, self._connect = token, connect
        self._socket: Socket | None = None

    def close(self) -> None:
        """Let go of the connections; whoever waits for one in another thread is freed."""
        self._asked.close()
        self._api.close()
        give_up(self._connect)
        if self._socket is not None:
            self._socket.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """See `MastodonCollector.pages`."""
        return self._asked.pages(hashtag, cursor=cursor, now=now)

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """See `MastodonCollector.expand`."""
        return self._asked.expand(post, now=now)

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """See `MastodonCollector.hydrate`."""
        return self._asked.hydrate(posts, now=now)

    def check(self) -> SourceReport:
        """Ask the server as ever, and open its stream."""
        told = self._asked.check()
        if told.remedy is not None:
            return told
        try:
            self._open(["gaung"]).close()
        except AccessRefusedError as error:
            summary, _, remedy = str(error).rpartition("; ")
            return SourceReport(self.source, summary, remedy)
        except CollectorError as error:
            return SourceReport(self.source, str(error), "try again, or set stream = false")
        return SourceReport(self.source, f"{told.summary}; tells posts as they come in")

    def stream(
        self,
        interest: Interest,
        *,
        cursor: str | None,
        now: Callable[[], datetime],
        stop: threading.Event,
        live: bool,
    ) -> Iterator[Page]:
        """Give posts, edits and deletions as they come in; what came in before is asked for.

        https://docs.joinmastodon.org/methods/streaming/#websocket
        """
        del cursor  # there is no replay
        if not live:
            return
        heard = Heard(self.source, interest.hashtags)
        socket = self._open(sorted(interest.hashtags))
        page_at = now()
        try:
            while not stop.is_set():
                frame = socket.recv(_SILENCE)
                if frame is not None:
                    heard.take(frame, now=now())
                # Less than none went by: the clock was set back.
                if not timedelta(0) <= now() - page_at < _PAGE_EVERY:
                    page_at = now()
                    yield heard.page()
        except SourceUnavailableError:
            yield heard.page()  # what came before the connection broke
            raise
        finally:
            socket.close()
        yield heard.page()

    def _open(self, tags: Sequence[str]) -> Socket:
        """Open one connection for all hashtags."""
        address = f"{self._api.streaming_url()}/api/v1/streaming"
        # The first is named in the address: some servers know no other way.
        params = {"access_token": self._token, "stream": "hashtag", "tag": tags[0]}
        try:
            socket = self._connect(f"{address}?{urlencode(params)}")
        except AccessRefusedError as error:
            raise AccessRefusedError(f"{error}; {_REMEDY}") from error
        self._socket = socket
        for tag in tags[1:]:
            socket.send(json.dumps({"type": "subscribe", "stream": "hashtag", "tag": tag}))
        return socket
