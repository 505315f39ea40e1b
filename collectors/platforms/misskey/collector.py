"""Reads hashtags, renotes, quotes and answers from one Misskey server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from collectors.collector import PostRef, SourceReport, report_of_error
from collectors.errors import (
    CollectorError,
    PayloadError,
)
from collectors.page import Page
from collectors.platforms.misskey.api import Api, Refused
from collectors.platforms.misskey.keys import post_key
from collectors.platforms.misskey.looks import Acts, add_counts
from collectors.platforms.misskey.notes import Records, View, page_of_notes, read_notes
from collectors.records import Removal

_PER_PAGE = 100  # the most that the API gives
_PAGES = 10  # of the rest the note's counts speak
_GONE = "NO_SUCH_NOTE"
# The server knows the note, and shows it to its members only.
_HIDDEN = ("SIGNIN_REQUIRED", "CONTENT_RESTRICTED_BY_SERVER", "CONTENT_RESTRICTED_BY_USER")
_NO_ACCOUNT = ("NO_SUCH_USER", "USER_SUSPENDED", *_HIDDEN)


class MisskeyCollector:
    """Reads one server. Closing it closes the client."""

    batch = 20  # each is a request

    def __init__(self, api: Api, *, page_size: int = _PER_PAGE) -> None:
        self.source = f"misskey/{api.host}"
        self._api = api
        self._page_size = page_size

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._api.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first; the last one is empty.

        https://misskey.io/api-doc#tag/notes/operation/post___notes___search-by-tag
        """
        tag, asked = hashtag.lstrip("#"), {cursor}
        while True:
            question: dict[str, object] = {"tag": tag, "limit": self._page_size}
            if cursor is not None:
                # `sinceId` would turn the order round.
                question["untilId"] = cursor
            rows, address = self._list("notes/search-by-tag", question)
            if not rows and cursor is not None:  # the end, if it is said twice
                rows, address = self._list("notes/search-by-tag", question)
            # A page with fewer than were asked for is not the last: the server filters them.
            cursor = _last_id(rows, address)
            if cursor is not None and cursor in asked:
                raise PayloadError(f"{address}: the next page leads back to a page")
            asked.add(cursor)
            self._remember(rows, address)
            yield page_of_notes(rows, tag, address=address, view=self._view(now), cursor=cursor)
            if cursor is None:
                return

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who renoted, quoted and answered a note; None if this server never showed it.

        https://misskey.io/api-doc#tag/notes/operation/post___notes___renotes
        """
        local_id = self._api.known_id(post)
        if local_id is None:
            return None
        acts = Acts(post, local_id, self._view(now))
        for what in ("notes/renotes", "notes/children"):
            if not self._follow(what, acts):
                return None
        return acts.page()

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the counts of notes as they are now, and those that are gone.

        Of another server's notes nothing is said to be gone: servers clear out their copies.
        https://misskey.io/api-doc#tag/notes/operation/post___notes___show
        """
        found, view = Records(), self._view(now)
        for post in posts:
            local_id = self._api.known_id(post)
            if local_id is None:
                continue
            answer = self._api.ask("notes/show", {"noteId": local_id}, unless={_GONE, *_HIDDEN})
            if not isinstance(answer, Refused):
                add_counts(found, answer.payload, answer.url, post, view)
            elif answer.code == _GONE and self._api.is_own(post):
                found.removals.append(self._fate(post, now))
        return found.page()

    def _fate(self, post: PostRef, now: datetime) -> Removal:
        """Return what became of a note that its own server does not have for visitors.

        A suspended account may come back with its notes, and is not shown meanwhile:
        https://misskey.io/api-doc#tag/users/operation/post___users___show
        """
        handle = post.author_key.partition(":@")[2]
        name, _, _ = handle.partition("@")
        answer = self._api.ask("users/show", {"username": name}, unless=_NO_ACCOUNT)
        payload = None if isinstance(answer, Refused) else answer.payload
        if isinstance(payload, dict) and payload.get("isSuspended") is not True:
            return Removal(kind="post", key=post.post_key, reason="deleted", removed_at=now)
        return Removal(kind="hidden", key=post.post_key, reason="unavailable", removed_at=now)

    def check(self) -> SourceReport:
        """Ask the server what it is."""
        try:
            software = self._api.software()
        except CollectorError as error:
            host = self._api.host
            shape = f"see whether {host} is a Misskey server: open https://{host}/api-doc"
            return report_of_error(self.source, error, shape=shape)
        summary = f"{self._api.host}, version {software}; shows what this server knows"
        return SourceReport(self.source, summary)

    def _follow(self, what: str, acts: Acts) -> bool:
        """Read some pages of who did something to a note; False if it is not known any more."""
        until: str | None = None
        for _ in range(_PAGES):
            question: dict[str, object] = {"noteId": acts.local_id, "limit": _PER_PAGE}
            if until is not None:
                question["untilId"] = until
            answer = self._api.rows(what, question, unless={_GONE, *_HIDDEN})
            if answer is None:
                return False
            rows, address = answer
            acts.add(rows, address)
            before, until = until, _last_id(rows, address)
            if len(rows) < _PER_PAGE:
                break
            if until == before:
                raise PayloadError(f"{address}: the next page leads back to a page")
        return True

    def _list(self, what: str, question: dict[str, object]) -> tuple[list[object], str]:
        answer = self._api.rows(what, question)
        if answer is None:  # only where a refusal is an answer, which it is not here
            raise PayloadError(f"{self.source}: {what} gave no answer")
        return answer

    def _remember(self, rows: Sequence[object], address: str) -> None:
        notes, _ = read_notes(rows, address)
        self._api.remember(
            (post_key(one, self._api.host), one.id)
            for _, note in notes
            for one in (note.renote, note.reply, note)
            if one is not None
        )

    def _view(self, now: datetime) -> View:
        return View(self.source, self._api.host, now)


def _last_id(rows: Sequence[object], address: str) -> str | None:
    """Give the id where the next page starts; None if the source has nothing older."""
    ids = [row.get("id") for row in rows if isinstance(row, dict)]
    found = next((one for one in reversed(ids) if isinstance(one, str) and one), None)
    if found is None and rows:
        raise PayloadError(f"{address}: none of {len(rows)} notes has an id")
    return found
