"""The questions to one server, and what it said of itself and its ids."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from collectors.collector import PostRef
from collectors.errors import AccessRefusedError, PayloadError
from collectors.http import NO_SUCH_ENDPOINT, Answer, PoliteClient
from collectors.platforms.mastodon.accounts import PLATFORM
from collectors.platforms.mastodon.bridges import copy_of
from collectors.platforms.mastodon.instance import Instance, instance_of, token_advice
from collectors.platforms.mastodon.payloads import local_id_in
from collectors.platforms.mastodon.streaming import streaming_address
from collectors.said import address_of, param_of

# So soon a server that closes its timelines on the way is told from one where all is calm.
_INSTANCE_LASTS = timedelta(hours=1)
_REMEMBERED_IDS = 50_000
_LOCAL_ID = re.compile(r"[0-9A-Za-z_-]+")


class Api:
    """Asks one server through its client. Closing it closes the client."""

    def __init__(
        self, host: str, client: PoliteClient, *, streaming_hosts: Collection[str] = ()
    ) -> None:
        self.host = host
        self._streaming_hosts = streaming_hosts
        self._client = client
        self._open: Instance | None = None  # as it was when it last showed all
        self._open_at: datetime | None = None
        self._asked_at: datetime | None = None
        # Local ids by post key: without them a post of another server cannot be asked for.
        self._local_ids: dict[str, str] = {}

    @property
    def has_token(self) -> bool:
        """Tell whether questions go with a token."""
        return self._client.has_token

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        allow: Collection[int] = (),
    ) -> Answer:
        """Ask. A refusal names the setting that helps. Raises `CollectorError`."""
        try:
            return self._client.get_json(path, params, allow=allow)
        except AccessRefusedError as error:
            advice = token_advice(has_token=self.has_token)
            raise AccessRefusedError(f"{error}; {advice}") from error

    def instance(self) -> Instance:
        """Ask the server what it is, and to whom it shows what."""
        answer = self.get("/api/v2/instance", allow=NO_SUCH_ENDPOINT)
        if answer.status in NO_SUCH_ENDPOINT:  # before Mastodon 4.0, and other software
            answer = self.get("/api/v1/instance")
        return instance_of(answer.payload, self.host)

    def streaming_url(self) -> str:
        """Ask where the server streams; it may be another host. Raises `CollectorError`."""
        streaming = self.instance().configuration.urls.streaming
        if streaming is None:
            raise PayloadError(f"{self.host}: does not say where it streams")
        return streaming_address(streaming, server=self.host, named=self._streaming_hosts)

    def refuse_if_closed(self, *, now: datetime) -> None:
        """Refuse to read a timeline of which the server hides a part, as its own document says.

        It would show an empty list, or only its own people's posts, and neither looks wrong.
        """
        if self._asked_at is not None and now - self._asked_at < _INSTANCE_LASTS:
            return
        try:
            instance = self.instance()
        except (AccessRefusedError, PayloadError):
            # What it does not say, the timeline must show: an empty one is asked about again.
            self._asked_at = now
            return
        self._refuse_closed(instance, now)

    def refuse_if_hidden(self, *, now: datetime) -> None:
        """Tell a server that hides its timelines from one where nobody used the hashtag."""
        if self._open_at != now:  # else it was asked for this very reading
            self._refuse_closed(self.instance(), now)

    def _refuse_closed(self, instance: Instance, now: datetime) -> None:
        if not instance.closed_to(has_token=self.has_token):
            self._open, self._open_at, self._asked_at = instance, now, now
            return
        self._asked_at = None  # a closed door is tried again each time
        was = "" if self._open is None else f", before: {self._open.access}"
        advice = token_advice(has_token=self.has_token)
        raise AccessRefusedError(
            f"{self.host} does not show all because of its own setting ({instance.access}{was}); "
            f"{'no token helps: name another server' if instance.is_disabled else advice}"
        )

    def remember(self, ids: Iterable[tuple[str, str]]) -> None:
        """Keep by which local ids this server knows posts: pairs of id and post key."""
        for local_id, post_key in ids:
            self._local_ids.pop(post_key, None)
            self._local_ids[post_key] = local_id
        while len(self._local_ids) > _REMEMBERED_IDS:
            del self._local_ids[next(iter(self._local_ids))]

    def known_id(self, post: PostRef) -> str | None:
        """Give the id by which this server knows, or knew, a post; None if it never said."""
        if (known := self._local_ids.get(post.post_key, post.local_id)) is not None:
            return known
        for address in (_uri_of(post), post.url or ""):
            found = address_of(address)
            if found is None:
                continue
            last = found.path.rpartition("/")[2]
            if found.place == self.host and _LOCAL_ID.fullmatch(last):
                return last
        return None

    def find_id(self, post: PostRef) -> str | None:
        """Give the id of a post here, if need be by asking; None if it is not known here."""
        if (local_id := self.known_id(post)) is not None:
            return local_id
        if not self.has_token:
            # Without a token servers look no address up, and answer with an empty list.
            return None
        uri = _uri_of(post)
        found = self.get(
            "/api/v2/search", {"q": uri, "type": "statuses", "resolve": "true", "limit": 1}
        )
        return local_id_in(found.payload, uri, found.url)


def rows_of(answer: Answer) -> list[object]:
    """Give the list that an answer is. Raises `PayloadError`."""
    if not isinstance(answer.payload, list):
        kind = type(answer.payload).__name__
        raise PayloadError(f"{answer.url}: a list was expected, {kind} came")
    return answer.payload


def next_id(answer: Answer) -> tuple[str | None, bool]:
    """Return the id where the next page starts, and whether the server says that there is one.

    Only the id is taken from the link, not its host.
    """
    following = answer.links.get("next")
    return param_of(following, "max_id"), following is not None


def id_below(answer: Answer, *, asked_for: int) -> str | None:
    """Return the id of the last status, below which the next page starts where no link says so.

    None if nothing was given, or if the server uses links and gives none to a next page: but a
    page as full as it was asked for is the last one by chance only.
    https://github.com/mastodon/mastodon/blob/main/app/controllers/api/v1/timelines/tag_controller.rb
    """
    rows = rows_of(answer)
    if not rows or (answer.links and len(rows) < asked_for):
        return None
    ids = [row.get("id") for row in rows if isinstance(row, dict)]
    found = next((one for one in reversed(ids) if isinstance(one, str) and one), None)
    if found is None:
        raise PayloadError(f"{answer.url}: no link to a next page, and no status with an id")
    return found


def _uri_of(post: PostRef) -> str:
    return copy_of(post.post_key) or post.post_key.removeprefix(f"{PLATFORM}:")
