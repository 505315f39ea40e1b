"""Reads hashtags and boosts from one Mastodon server."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from collectors.collector import PostRef, SourceReport
from collectors.errors import AccessRefusedError, CollectorError, PayloadError, RecordError
from collectors.http import Answer, PoliteClient
from collectors.page import Page, page_of
from collectors.platforms.mastodon.accounts import PLATFORM, author_of, set_aside
from collectors.platforms.mastodon.boosts import boost_of, param_of, window_of
from collectors.platforms.mastodon.instance import (
    Instance,
    instance_of,
    report_of,
    report_of_error,
    token_advice,
)
from collectors.platforms.mastodon.payloads import Account, local_id_in, read
from collectors.platforms.mastodon.statuses import page_of_statuses, read_statuses, view_of
from collectors.records import Author, Interaction, Rejected

_BOOSTERS_PER_PAGE = 80  # the most that a server gives
_BOOSTER_PAGES = 10  # of the rest the post's count of reposts speaks
_REMEMBERED_IDS = 50_000
_LOCAL_ID = re.compile(r"[0-9A-Za-z_-]+")


class MastodonCollector:
    """Reads one server, through its client. Closing it closes the client."""

    def __init__(self, server: str, client: PoliteClient, *, page_size: int = 40) -> None:
        self.source = f"{PLATFORM}/{server}"
        self._server = server
        self._client = client
        self._page_size = page_size
        # Local ids by uri: spares a question when boosts are asked for soon after the page.
        self._local_ids: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first; the last one is often empty.

        https://docs.joinmastodon.org/methods/timelines/#tag
        """
        path = f"/api/v1/timelines/tag/{quote(hashtag.lstrip('#'), safe='')}"
        is_first = cursor is None
        asked: set[str] = set()
        while True:
            params: dict[str, str | int] = {"limit": self._page_size}
            if cursor is not None:
                asked.add(cursor)
                params["max_id"] = cursor
            answer = self._get(path, params)
            # The end is a page without such a link; a full page before it tells nothing.
            cursor = _next_id(answer)
            if cursor in asked:
                raise PayloadError(f"{answer.url}: the link to the next page leads back to a page")
            page = self._page(answer, cursor, now)
            if is_first and page.received == 0:
                self._refuse_if_closed()
            yield page
            if cursor is None:
                return
            is_first = False

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who boosted a post, as far as this server knows; None if it knows no such post.

        https://docs.joinmastodon.org/methods/statuses/#reblogged_by
        """
        local_id = self._local_id(post)
        if local_id is None:
            return None
        boosts: dict[str, Interaction] = {}
        authors: dict[str, Author] = {}
        rejected: list[Rejected] = []
        received = 0
        for answer in self._booster_answers(local_id):
            window = window_of(answer.links, created_at=post.created_at, now=now)
            for place, row in enumerate(_rows(answer)):
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
        has_token = self._client.has_token
        try:
            instance = self._instance()
            if has_token:
                # This question is open to every token, whatever it may read.
                self._get("/api/v1/apps/verify_credentials", allow={404})
        except CollectorError as error:
            return report_of_error(self.source, error)
        return report_of(self.source, instance, has_token=has_token)

    def _get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        allow: Collection[int] = (),
    ) -> Answer:
        try:
            return self._client.get_json(path, params, allow=allow)
        except AccessRefusedError as error:
            advice = token_advice(has_token=self._client.has_token)
            raise AccessRefusedError(f"{error}; {advice}") from error

    def _page(self, answer: Answer, cursor: str | None, now: datetime) -> Page:
        rows = _rows(answer)
        statuses, rejected = read_statuses(rows, answer.url)
        view = view_of(statuses, source=self.source, now=now)
        page = page_of_statuses(
            rows, statuses, rejected, address=answer.url, view=view, cursor=cursor
        )
        for local_id, uri in view.uris.items():
            self._local_ids[uri] = local_id
        while len(self._local_ids) > _REMEMBERED_IDS:
            del self._local_ids[next(iter(self._local_ids))]
        return page

    def _refuse_if_closed(self) -> None:
        # A server that hides its hashtag timelines may answer with an empty list.
        instance = self._instance()
        if instance.closed_to(has_token=self._client.has_token):
            advice = token_advice(has_token=self._client.has_token)
            raise AccessRefusedError(
                f"{self._server} shows nothing because of its own setting ({instance.access}); "
                f"{'no token helps' if instance.is_disabled else advice}"
            )

    def _instance(self) -> Instance:
        answer = self._get("/api/v2/instance", allow={404})
        if answer.status == 404:  # before Mastodon 4.0, and other software
            answer = self._get("/api/v1/instance")
        return instance_of(answer.payload, self._server)

    def _booster_answers(self, local_id: str) -> Iterator[Answer]:
        path = f"/api/v1/statuses/{local_id}/reblogged_by"
        max_id: str | None = None
        for _ in range(_BOOSTER_PAGES):
            params: dict[str, str | int] = {"limit": _BOOSTERS_PER_PAGE}
            if max_id is not None:
                params["max_id"] = max_id
            answer = self._get(path, params, allow={404, 410})
            if answer.status in (404, 410):  # deleted since
                return
            yield answer
            before, max_id = max_id, _next_id(answer)
            if max_id is None:
                return
            if max_id == before:
                raise PayloadError(f"{answer.url}: the link to the next page leads to itself")

    def _local_id(self, post: PostRef) -> str | None:
        uri = post.post_key.removeprefix(f"{PLATFORM}:")
        if uri in self._local_ids:
            return self._local_ids[uri]
        for address in (uri, post.url or ""):
            parts = urlsplit(address)
            last = parts.path.rpartition("/")[2]
            if parts.netloc.lower() == self._server and _LOCAL_ID.fullmatch(last):
                return last
        if not self._client.has_token:
            # Without a token servers look no address up, and answer with an empty list.
            return None
        found = self._get(
            "/api/v2/search", {"q": uri, "type": "statuses", "resolve": "true", "limit": 1}
        )
        return local_id_in(found.payload, uri, found.url)


def _rows(answer: Answer) -> list[object]:
    if not isinstance(answer.payload, list):
        kind = type(answer.payload).__name__
        raise PayloadError(f"{answer.url}: a list was expected, {kind} came")
    return answer.payload


def _next_id(answer: Answer) -> str | None:
    """Give the id where the next page starts. Only that is taken from the link, not its host."""
    following = answer.links.get("next")
    if following is None:
        return None
    next_id = param_of(following, "max_id")
    if next_id is None:
        raise PayloadError(f"{answer.url}: the link to the next page has no max_id")
    return next_id
