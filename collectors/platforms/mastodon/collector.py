"""Reads hashtags, and what others did to posts, from one Mastodon server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from collectors.collector import PostRef, SourceReport, report_of_error
from collectors.errors import CollectorError, PayloadError
from collectors.http import NO_SUCH_ENDPOINT, Answer, PoliteClient
from collectors.page import Page
from collectors.platforms.mastodon.accounts import PLATFORM
from collectors.platforms.mastodon.api import Api, id_below, next_id, rows_of
from collectors.platforms.mastodon.expansion import Expansion
from collectors.platforms.mastodon.hydration import BATCH, Hydration
from collectors.platforms.mastodon.instance import report_of
from collectors.platforms.mastodon.statuses import page_of_statuses, read_statuses
from collectors.platforms.mastodon.view import view_of


def _no_wait(_: float) -> None:
    """Stand for a sleep where nobody gave one."""


class MastodonCollector:
    """Reads one server, through its client. Closing it closes the client."""

    batch = BATCH

    def __init__(
        self,
        server: str,
        client: PoliteClient,
        *,
        page_size: int = 40,
        sleep: Callable[[float], None] = _no_wait,
    ) -> None:
        self.source = f"{PLATFORM}/{server}"
        self._server = server
        self._api = Api(server, client)
        self._page_size = page_size
        self._hydration = Hydration(self._api, source=self.source)
        self._expansion = Expansion(self._api, source=self.source, sleep=sleep)

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._api.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first; the last one is often empty.

        https://docs.joinmastodon.org/methods/timelines/#tag
        """
        path = f"/api/v1/timelines/tag/{quote(hashtag.lstrip('#'), safe='')}"
        is_first = cursor is None
        asked: set[str] = set()
        self._api.refuse_if_closed(now=now)
        while True:
            params: dict[str, str | int] = {"limit": self._page_size}
            if cursor is not None:
                asked.add(cursor)
                params["max_id"] = cursor
            answer = self._api.get(path, params)
            if cursor is not None and not rows_of(answer) and next_id(answer) == (None, False):
                # The end, if it is said twice: a server that stumbles may give an empty list.
                answer = self._api.get(path, params)
            cursor, has_more = next_id(answer)
            if cursor in asked:
                raise PayloadError(f"{answer.url}: the link to the next page leads back to a page")
            beyond = None
            is_end = cursor is None and not has_more
            lowest = id_below(answer, asked_for=self._page_size) if is_end else None
            if lowest is not None:
                # Pixelfed gives no links. The end is a page without anything.
                # https://github.com/pixelfed/pixelfed/issues/1748
                cursor, beyond = (None, "clamp") if lowest in asked else (lowest, None)
            page = replace(self._page(answer, cursor, now), beyond=beyond)
            if is_first and page.received == 0:
                self._api.refuse_if_hidden(now=now)
            is_lost = has_more and cursor is None
            if page.received or not is_lost:
                yield page
            if is_lost:
                # What came is good; that there is more must not be forgotten.
                raise PayloadError(f"{answer.url}: the link to the next page has no max_id")
            if cursor is None:
                return
            is_first = False

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who boosted, answered and quoted a post, as far as this server knows.

        None if it knows no such post. Who quotes is told to the token of a user only.
        https://docs.joinmastodon.org/methods/statuses/#context
        """
        local_id = self._api.find_id(post)
        if local_id is None:
            return None
        return self._expansion.page(post, local_id, now=now)

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the counts of posts as this server knows them now, and those that are gone.

        https://docs.joinmastodon.org/methods/statuses/#index
        """
        return self._hydration.page(posts, now=now)

    def check(self) -> SourceReport:
        """Ask the server what it is and shows, and whether it takes the token."""
        has_token = self._api.has_token
        try:
            instance = self._api.instance()
            if has_token:
                # This question is open to every token, whatever it may read.
                self._api.get("/api/v1/apps/verify_credentials", allow=NO_SUCH_ENDPOINT)
        except CollectorError as error:
            host = self.source.partition("/")[2]
            shape = f"see whether {host} is a Mastodon server: open https://{host}/api/v2/instance"
            return report_of_error(self.source, error, shape=shape)
        return report_of(self.source, instance, has_token=has_token)

    def _page(self, answer: Answer, cursor: str | None, now: datetime) -> Page:
        rows = rows_of(answer)
        statuses, rejected = read_statuses(rows, answer.url)
        view = view_of(statuses, source=self.source, now=now)
        page = page_of_statuses(
            rows, statuses, rejected, address=answer.url, view=view, cursor=cursor
        )
        self._api.remember(view.keys.items())
        return page
