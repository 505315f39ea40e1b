"""Who boosted, answered and quoted a post."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from collectors.collector import PostRef
from collectors.errors import PayloadError, RecordError
from collectors.http import NO_SUCH_ENDPOINT, Answer
from collectors.page import Page
from collectors.platforms.mastodon.accounts import author_of, set_aside
from collectors.platforms.mastodon.acts import acts_of
from collectors.platforms.mastodon.api import Api, next_id, rows_of
from collectors.platforms.mastodon.boosts import boost_of, window_of
from collectors.platforms.mastodon.payloads import Account, descendants_in, read
from collectors.platforms.mastodon.statuses import Records, add, locator, read_statuses
from collectors.platforms.mastodon.view import view_of
from collectors.records import Interaction, Rejected

_BOOSTERS_PER_PAGE = 80  # the most that a server gives
_BOOSTER_PAGES = 10  # of the rest the post's count of reposts speaks
_QUOTES_PER_PAGE = 40
# Before 4.5, and to tokens that are no user's.
_NOT_TOLD = NO_SUCH_ENDPOINT | {401, 403, 422}
_RETRY = re.compile(r"\bretry=(\d{1,4})")
_LONGEST_WAIT = 5.0  # seconds: a server names as many while it fetches answers from others
_MOST_WAITING = 30.0  # seconds in one run: what is fetched later is seen at the next age


class Expansion:
    """Asks one server about one post at a time."""

    def __init__(self, api: Api, *, source: str, sleep: Callable[[float], None]) -> None:
        self._api, self._source, self._sleep = api, source, sleep
        self._tells_quotes = True
        self._waited = 0.0
        self._run_at: datetime | None = None

    def page(self, post: PostRef, local_id: str, *, now: datetime) -> Page | None:
        """Return the boosts, answers and quotes of a post: two questions, with a token three.

        None if the server tells nothing of it: it was deleted since, or there are no such questions
        there.
        """
        found = FoundActs(post, local_id, self._source, now)
        path = f"/api/v1/statuses/{local_id}"
        context = self._api.get(f"{path}/context", allow=NO_SUCH_ENDPOINT)
        is_told = context.status == 200
        for answer in self._boosters(path):
            is_told = True
            found.add_boosts(rows_of(answer), answer.links, answer.url, self._api.host)
        if self._api.has_token and self._tells_quotes:
            quotes = self._api.get(f"{path}/quotes", {"limit": _QUOTES_PER_PAGE}, allow=_NOT_TOLD)
            if quotes.status == 200:
                is_told = True
                found.add_acts(rows_of(quotes), quotes.url)
            elif context.status == 200:
                self._tells_quotes = False
        if self._is_worth_waiting(context, now):
            context = self._api.get(f"{path}/context", allow=NO_SUCH_ENDPOINT)
        if context.status == 200:
            found.add_acts(descendants_in(context.payload, context.url), context.url)
        return found.page() if is_told else None

    def _boosters(self, path: str) -> Iterator[Answer]:
        """https://docs.joinmastodon.org/methods/statuses/#reblogged_by"""
        max_id: str | None = None
        for _ in range(_BOOSTER_PAGES):
            params: dict[str, str | int] = {"limit": _BOOSTERS_PER_PAGE}
            if max_id is not None:
                params["max_id"] = max_id
            answer = self._api.get(f"{path}/reblogged_by", params, allow=NO_SUCH_ENDPOINT)
            if answer.status in NO_SUCH_ENDPOINT:  # deleted since, or not told here
                return
            yield answer
            before, (max_id, has_more) = max_id, next_id(answer)
            if has_more and max_id is None:
                raise PayloadError(f"{answer.url}: the link to the next page has no max_id")
            if max_id is None:
                return
            if max_id == before:
                raise PayloadError(f"{answer.url}: the link to the next page leads to itself")

    def _is_worth_waiting(self, context: Answer, now: datetime) -> bool:
        """Wait once, if the server says that it is just fetching answers from other servers.

        https://docs.joinmastodon.org/methods/async_refreshes/
        """
        retry = _RETRY.search(context.headers.get("Mastodon-Async-Refresh", ""))
        if retry is None:
            return False
        if self._run_at != now:
            self._waited, self._run_at = 0.0, now
        wait = min(float(retry[1]), _LONGEST_WAIT)
        if self._waited + wait > _MOST_WAITING:
            return False
        self._waited += wait
        self._sleep(wait)
        return True


class FoundActs:
    """What was found of one post."""

    def __init__(self, post: PostRef, local_id: str, source: str, now: datetime) -> None:
        self._post, self._local_id = post, local_id
        self._source, self._now = source, now
        self._records = Records()
        self._boosts: dict[str, Interaction] = {}
        self._rejected: list[Rejected] = []
        self._received = 0

    def add_boosts(
        self, rows: list[object], links: Mapping[str, str], address: str, host: str
    ) -> None:
        """Take in the accounts that boosted the post."""
        window = window_of(links, created_at=self._post.created_at, now=self._now)
        aside: list[Rejected] = []
        for place, row in enumerate(rows):
            try:
                account = read(row, Account)
                author = author_of(account, host)
            except RecordError as error:
                aside.append(set_aside(row, locator(address, place), error))
                continue
            boost = boost_of(account, self._post, host=host, window=window)
            self._records.authors.append(author)
            self._boosts.setdefault(boost.author_key, boost)
        self._count(rows, aside, address)

    def add_acts(self, rows: list[object], address: str) -> None:
        """Take in the statuses that answer or quote the post itself, not those further down."""
        statuses, aside = read_statuses(rows, address)
        known = {self._local_id: self._post.post_key}
        view = view_of(statuses, source=self._source, now=self._now, known=known)
        for place, status in statuses:
            found = Records()
            try:
                acts = [
                    replace(act, target_author_key=self._post.author_key)
                    for act in acts_of(status, view)
                    if act.target_post_key == self._post.post_key and act.kind != "mention"
                ]
                if not acts or status.visibility != "public":
                    continue
                # One that carries the hashtag is matched by its timeline, which says so.
                add(found, status, "referenced", view)
                found.interactions += acts
            except RecordError as error:
                aside.append(set_aside(rows[place], locator(address, place), error))
                continue
            self._records.extend(found)
        self._count(rows, aside, address)

    def page(self) -> Page:
        self._records.interactions += self._boosts.values()
        return self._records.page(self._rejected, received=self._received)

    def _count(self, rows: list[object], aside: list[Rejected], address: str) -> None:
        if len(aside) == len(rows) > 1:
            why = f"{aside[0].field}: {aside[0].reason}"
            raise PayloadError(f"{address}: none of {len(rows)} records can be read: {why}")
        self._rejected += aside
        self._received += len(rows)
