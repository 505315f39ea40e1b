"""Asks Bluesky's AppView about posts: who passed them on, and what became of them.

https://docs.bsky.app/docs/category/http-reference. No registration is needed for these questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from collectors.collector import PostRef, SourceReport
from collectors.errors import CollectorError, PayloadError
from collectors.http import NO_SUCH_ENDPOINT, Answer, PoliteClient
from collectors.page import Page
from collectors.platforms.bluesky.posts import PLATFORM, key_of
from collectors.platforms.bluesky.session import refusal_in
from collectors.platforms.bluesky.views import Shown
from collectors.records import Author, Interaction, Removal

_PER_PAGE = 100  # the most that the server gives
_PAGES = 10  # of the rest the post's counts speak
_NO_SUCH_POST = "NotFound"
_POST, _QUIET = f"{PLATFORM}:", frozenset({400})
# An AppView that does not know a question says 501 MethodNotImplemented, others 404. Without quotes
# there are still reposts and answers. https://atproto.com/specs/xrpc#error-responses
_QUOTES, _MISSING = "app.bsky.feed.getQuotes", NO_SUCH_ENDPOINT - _QUIET
_BLOCKED = "app.bsky.feed.defs#blockedPost"


class AppViewCollector:
    """Asks one AppView. Closing it closes the client."""

    batch = 25  # https://docs.bsky.app/docs/api/app-bsky-feed-get-posts

    def __init__(self, client: PoliteClient) -> None:
        self.source = f"{PLATFORM}/appview"
        # A post has one address in the whole network: whoever found it, it is known here.
        self.posts_of = tuple(f"{PLATFORM}/{name}" for name in ("jetstream", "search"))
        self._client = client
        self._tells_quotes = True  # else it is another AppView, or an old one

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def check(self) -> SourceReport:
        """Ask for an account that is always there: the network's own."""
        try:
            people = self._rows("app.bsky.actor.getProfiles", "profiles", actors=["bsky.app"])
        except CollectorError as error:
            remedy = "see whether collectors.bluesky.appview is spelled right, and can be reached"
            return SourceReport(self.source, str(error), remedy)
        about = "reposts, quotes, counts, names" if people else "answers, and knows nobody yet"
        return SourceReport(self.source, f"{self._client.host}: {about}")

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who reposted, quoted and answered a post; None if it is not shown here.

        The AppView does not say when a repost was made: between the post and now.
        https://docs.bsky.app/docs/api/app-bsky-feed-get-reposted-by
        """
        uri = post.post_key.removeprefix(_POST)
        thread = self._thread(uri, depth=1)
        if thread is None or thread.get("$type") == _BLOCKED:
            return None
        shown = Shown(self.source, now)
        for people in self._pages("app.bsky.feed.getRepostedBy", "repostedBy", uri):
            for person in shown.read_people(people, self._client.host):
                shown.add_author(person)
                shown.found.interactions.append(_repost(person, post, now))
        replies = thread.get("replies")
        # What is gone or blocked among them is shown without its post.
        rows = [r["post"] for r in replies if "post" in r] if isinstance(replies, list) else []
        _add_acts(shown, rows, post, self._client.host)
        for rows in self._pages(_QUOTES, "posts", uri) if self._tells_quotes else ():
            _add_acts(shown, rows, post, self._client.host)
        return shown.page()

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the counts of posts and the names of their authors, and which posts are gone.

        https://docs.bsky.app/docs/api/app-bsky-feed-get-posts
        """
        shown = Shown(self.source, now)
        uris = [post.post_key.removeprefix(_POST) for post in posts]
        rows = self._rows("app.bsky.feed.getPosts", "posts", uris=uris)
        views = shown.read(rows, self._client.host)
        for view in views:
            shown.add(view, "referenced")
        given = {row.get("uri") for row in rows if isinstance(row, dict)}
        # Left out of a list may be many things: each is asked for by itself.
        left_out = [post for post, uri in zip(posts, uris, strict=True) if uri not in given]
        missing = [
            post
            for post in left_out
            if self._thread(post.post_key.removeprefix(_POST), depth=0) is None
        ]
        shown.found.removals += self._fates(shown, missing, now)
        self._add_people(shown, sorted({view.author.author_key for view in views}))
        return shown.page()

    def _fates(self, shown: Shown, missing: list[PostRef], now: datetime) -> list[Removal]:
        """Return what became of posts that are not there.

        An account that was deactivated or suspended is not shown either, and all its posts are
        "not found" until it is back: only of an account that is there is a post deleted.
        """
        if not missing:
            return []
        actors = sorted({post.author_key.removeprefix(_POST) for post in missing})
        rows = self._rows("app.bsky.actor.getProfiles", "profiles", actors=actors)
        there = {person.author_key for person in shown.read_people(rows, self._client.host)}
        return [
            Removal(kind="post", key=post.post_key, reason="deleted", removed_at=now)
            if post.author_key in there
            else Removal(kind="hidden", key=post.post_key, reason="unavailable", removed_at=now)
            for post in missing
        ]

    def _add_people(self, shown: Shown, author_keys: list[str]) -> None:
        """Ask how many follow the authors: a post does not show it."""
        if author_keys:
            actors = [key.removeprefix(_POST) for key in author_keys]
            rows = self._rows("app.bsky.actor.getProfiles", "profiles", actors=actors)
            for person in shown.read_people(rows, self._client.host):
                shown.add_author(person)

    def _thread(self, uri: str, *, depth: int) -> dict[str, Any] | None:
        """Give a post with what answers it; None if there is no such post."""
        answer = self._get("app.bsky.feed.getPostThread", uri=uri, depth=depth, parentHeight=0)
        if answer.status == 400:
            return None
        thread = answer.payload.get("thread") if isinstance(answer.payload, dict) else None
        if not isinstance(thread, dict):
            raise PayloadError(f"{answer.url}: an answer of an unknown shape: no thread")
        return thread

    def _pages(self, method: str, name: str, uri: str) -> Iterator[list[Any]]:
        cursor: str | None = None
        for _ in range(_PAGES):
            more = {} if cursor is None else {"cursor": cursor}
            answer = self._get(method, uri=uri, limit=_PER_PAGE, **more)
            if answer.status == 400:  # deleted since
                return
            if answer.status in _MISSING:
                self._tells_quotes = False
                return
            yield _list_in(answer, name)
            before = cursor
            cursor = answer.payload.get("cursor") if isinstance(answer.payload, dict) else None
            if not isinstance(cursor, str) or not cursor:
                return
            if cursor == before:
                raise PayloadError(f"{answer.url}: the next page leads back to a page")

    def _rows(self, method: str, name: str, **params: list[str]) -> list[Any]:
        return _list_in(self._get(method, **params), name)

    def _get(self, method: str, **params: str | int | list[str]) -> Answer:
        """Ask; 400 is an answer where it means that there is no such post."""
        path = f"/xrpc/{method}?{urlencode(params, doseq=True)}"
        quiet = _QUIET | _MISSING if method == _QUOTES else _QUIET
        answer = self._client.get_json(path, allow=quiet)
        if answer.status in _QUIET and refusal_in(answer).error != _NO_SUCH_POST:
            raise PayloadError(f"{self._client.host}: {method} answered 400: {refusal_in(answer)}")
        return answer


def _list_in(answer: Answer, name: str) -> list[Any]:
    rows = answer.payload.get(name) if isinstance(answer.payload, dict) else None
    if not isinstance(rows, list):
        raise PayloadError(f"{answer.url}: an answer of an unknown shape: no {name}")
    return rows


def _repost(person: Author, post: PostRef, now: datetime) -> Interaction:
    return Interaction(
        kind="repost",
        platform=PLATFORM,
        author_key=person.author_key,
        target_author_key=post.author_key,
        target_post_key=post.post_key,
        acted_at=now,
        not_before=min(post.created_at, now),
        precision="bounded",
    )


def _add_acts(shown: Shown, rows: list[Any], post: PostRef, address: str) -> None:
    """Take in the posts that answer or quote a post; of what else they do nothing is told here."""
    for view in shown.read(rows, address):
        written = view.written
        if post.post_key in {key_of(uri) for uri in (written.parent, written.quoted) if uri}:
            shown.add(view, "referenced")
