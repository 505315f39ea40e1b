"""Reads hashtags and boosts from one Mastodon server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from collectors.collector import PostRef, SourceReport
from collectors.errors import CollectorError, PayloadError, RecordError
from collectors.http import Answer, PoliteClient
from collectors.page import Page, page_of
from collectors.platforms.mastodon.accounts import PLATFORM, author_of, set_aside
from collectors.platforms.mastodon.api import Api, next_id, rows_of
from collectors.platforms.mastodon.boosts import boost_of, window_of
from collectors.platforms.mastodon.instance import report_of, report_of_error
from collectors.platforms.mastodon.payloads import Account, read
from collectors.platforms.mastodon.statuses import page_of_statuses, read_statuses, view_of
from collectors.records import Author, Interaction, Rejected

_BOOSTERS_PER_PAGE = 80  # the most that a server gives
_BOOSTER_PAGES = 10  # of the rest the post's count of reposts speaks


class MastodonCollector:
    """Reads one server, through its client. Closing it closes the client."""

    def __init__(self, server: str, client: PoliteClient, *, page_size: int = 40) -> None:
        self.source = f"{PLATFORM}/{server}"
        self._server = server
        self._api = Api(server, client)
        self._page_size = page_size

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
            # The end is a page without such a link; a full page before it tells nothing.
            cursor = next_id(answer)
            if cursor in asked:
                raise PayloadError(f"{answer.url}: the link to the next page leads back to a page")
            page = self._page(answer, cursor, now)
            if is_first and page.received == 0:
                self._api.refuse_if_hidden(now=now)
            yield page
            if cursor is None:
                return
            is_first = False

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who boosted a post, as far as this server knows; None if it knows no such post.

        https://docs.joinmastodon.org/methods/statuses/#reblogged_by
        """
        local_id = self._api.find_id(post)
        if local_id is None:
            return None
        boosts: dict[str, Interaction] = {}
        authors: dict[str, Author] = {}
        rejected: list[Rejected] = []
        received = 0
        for answer in self._booster_answers(local_id):
            window = window_of(answer.links, created_at=post.created_at, now=now)
            for place, row in enumerate(rows_of(answer)):
                received += 1
                try:
                    account = read(row, Account)
                    author = author_of(account, self._server)
                except RecordError as error:
                    rejected.append(set_aside(row, f"{answer.url}#{place}", error))
                    continue
                authors[author.author_key] = author
                boost = boost_of(account, post, host=self._server, window=window)
                boosts.setdefault(boost.author_key, boost)
        if len(rejected) == received > 1:
            raise PayloadError(f"{self.source}: none of {received} accounts can be read")
        return page_of(
            authors=authors.values(),
            interactions=boosts.values(),
            rejected=rejected,
            received=received,
        )

    def check(self) -> SourceReport:
        """Ask the server what it is and shows, and whether it takes the token."""
        has_token = self._api.has_token
        try:
            instance = self._api.instance()
            if has_token:
                # This question is open to every token, whatever it may read.
                self._api.get("/api/v1/apps/verify_credentials", allow={404})
        except CollectorError as error:
            return report_of_error(self.source, error)
        return report_of(self.source, instance, has_token=has_token)

    def _page(self, answer: Answer, cursor: str | None, now: datetime) -> Page:
        rows = rows_of(answer)
        statuses, rejected = read_statuses(rows, answer.url)
        view = view_of(statuses, source=self.source, now=now)
        page = page_of_statuses(
            rows, statuses, rejected, address=answer.url, view=view, cursor=cursor
        )
        self._api.remember((one, f"{PLATFORM}:{uri}") for one, uri in view.uris.items())
        return page

    def _booster_answers(self, local_id: str) -> Iterator[Answer]:
        path = f"/api/v1/statuses/{local_id}/reblogged_by"
        max_id: str | None = None
        for _ in range(_BOOSTER_PAGES):
            params: dict[str, str | int] = {"limit": _BOOSTERS_PER_PAGE}
            if max_id is not None:
                params["max_id"] = max_id
            answer = self._api.get(path, params, allow={404, 410})
            if answer.status in (404, 410):  # deleted since
                return
            yield answer
            before, max_id = max_id, next_id(answer)
            if max_id is None:
                return
            if max_id == before:
                raise PayloadError(f"{answer.url}: the link to the next page leads to itself")
