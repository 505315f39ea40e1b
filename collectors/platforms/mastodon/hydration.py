"""What has become of posts: their counts, their edits, and whether they are still there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from collectors.collector import PostRef
from collectors.errors import RecordError
from collectors.http import NO_SUCH_ENDPOINT
from collectors.page import Page
from collectors.platforms.mastodon.accounts import set_aside
from collectors.platforms.mastodon.api import Api, rows_of
from collectors.platforms.mastodon.payloads import Status, is_suspended
from collectors.platforms.mastodon.statuses import Records, add, locator, read_statuses
from collectors.platforms.mastodon.view import is_own, post_key, view_of
from collectors.records import Rejected, Removal

BATCH = 20  # https://docs.joinmastodon.org/methods/statuses/#index
_GONE = frozenset({404, 410})
_NO_ANSWER = _GONE | {401, 403}  # about an account: there is none, or it is not for visitors


class Hydration:
    """Asks one server about the posts whose local ids it gave, and those that are its own.

    404 means that a server does not show a post, also one that it never had: of a post whose id
    here is not known nothing can be said.
    """

    def __init__(self, api: Api, *, source: str) -> None:
        self._api, self._source = api, source
        self._has_batches = True  # since 4.3

    def page(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the counts of posts, and those that are gone."""
        asked = {found: post for post in posts if (found := self._api.known_id(post)) is not None}
        answers = Answers(self._source, now, asked)
        if asked:
            for local_id in self._ask_together(answers):
                self._ask_alone(answers, local_id, now)
        return answers.page()

    def _ask_together(self, answers: Answers) -> list[str]:
        """Ask about all at once, and give the ids that were not answered."""
        if self._has_batches:
            query = urlencode([("id[]", local_id) for local_id in answers.asked])
            answer = self._api.get(f"/api/v1/statuses?{query}", allow=NO_SUCH_ENDPOINT)
            if answer.status not in NO_SUCH_ENDPOINT:
                answers.add(rows_of(answer), answer.url)
                return answers.unanswered()
            self._has_batches = answer.status == 400  # which may be said of one of the ids
        self._api.instance()  # a server that is no more says 404 to all
        return list(answers.asked)

    def _ask_alone(self, answers: Answers, local_id: str, now: datetime) -> None:
        answer = self._api.get(f"/api/v1/statuses/{local_id}", allow=_GONE)
        if answer.status not in _GONE:
            answers.add([answer.payload], answer.url)
        # A page for people that was not found is none of this API's answers.
        elif isinstance(answer.payload, dict) and self._is_deleted(answers.asked[local_id]):
            if self._is_away(answers.asked[local_id]):
                answers.hide(local_id, now)
            else:
                answers.remove(local_id, now)

    def _is_deleted(self, post: PostRef) -> bool:
        """Tell whether a post that is gone here is gone everywhere, as far as can be told.

        What came from another server goes also when this one suspends its author or blocks that
        server: that is this server's choice, and the post is still there.
        """
        if is_own(post.post_key, self._api.host):
            return True
        handle = post.author_key.partition(":@")[2]
        if not handle:
            return False
        answer = self._api.get("/api/v1/accounts/lookup", {"acct": handle}, allow=_GONE)
        return answer.status not in _GONE and not is_suspended(answer.payload, answer.url)

    def _is_away(self, post: PostRef) -> bool:
        """Return whether a post's own server suspended its author, which it may undo for 30 days.

        https://docs.joinmastodon.org/admin/moderation/#suspend-user
        """
        handle = post.author_key.partition(":@")[2]
        if not handle or not is_own(post.post_key, self._api.host):
            return False
        answer = self._api.get("/api/v1/accounts/lookup", {"acct": handle}, allow=_NO_ANSWER)
        return answer.status not in _NO_ANSWER and is_suspended(answer.payload, answer.url)


class Answers:
    """What was answered of the posts that were asked about, by their ids here."""

    def __init__(self, source: str, now: datetime, asked: dict[str, PostRef]) -> None:
        self.asked = asked
        self._source, self._now = source, now
        self._records = Records()
        self._rejected: list[Rejected] = []
        self._removals: list[Removal] = []
        self._answered: set[str] = set()
        self._received = 0

    def add(self, rows: list[object], address: str) -> None:
        statuses, aside = read_statuses(rows, address)
        # What cannot be read is there all the same.
        self._answered |= {str(row.get("id")) for row in rows if isinstance(row, dict)}
        view = view_of(statuses, source=self._source, now=self._now)
        for place, status in statuses:
            found = Records()
            try:
                self._refuse_another(status)
                add(found, status, "referenced", view)
            except RecordError as error:
                aside.append(set_aside(rows[place], locator(address, place), error))
                continue
            self._records.extend(found)
        self._rejected += aside
        self._received += len(rows)

    def _refuse_another(self, status: Status) -> None:
        post = self.asked.get(status.id)
        if post is None or post_key(status) != post.post_key:
            raise RecordError("another post than the one asked for", field="uri")

    def unanswered(self) -> list[str]:
        return [local_id for local_id in self.asked if local_id not in self._answered]

    def remove(self, local_id: str, now: datetime) -> None:
        key = self.asked[local_id].post_key
        self._removals.append(Removal(kind="post", key=key, reason="deleted", removed_at=now))

    def hide(self, local_id: str, now: datetime) -> None:
        key = self.asked[local_id].post_key
        self._removals.append(Removal(kind="hidden", key=key, reason="suspended", removed_at=now))

    def page(self) -> Page:
        return self._records.page(self._rejected, received=self._received, removals=self._removals)
