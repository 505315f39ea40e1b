"""Reads hashtags, reposts, quotes, replies and deletions from one Nostr relay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from collectors.collector import PostRef, SourceReport
from collectors.errors import CollectorError, PayloadError
from collectors.http import PoliteClient
from collectors.page import Page, page_of
from collectors.platforms.nostr.document import report_of_error, summary_of
from collectors.platforms.nostr.events import AHEAD, DELETION, NOTE, PLATFORM, moment, read_events
from collectors.platforms.nostr.notes import (
    KINDS,
    author_key,
    page_of_acts,
    page_of_notes,
    refuse_if_unread,
)
from collectors.platforms.nostr.place import Place, place_of
from collectors.platforms.nostr.relay import Filter, Given, Relay
from collectors.records import Removal

_MOST_ANSWERS = 10  # to one question about a post: of more acts than these nobody needs each name
_SMALLEST_CAP = 50  # an answer of fewer is whole: relays cap at 100 and more
_CLAMP = "clamp"


class NostrCollector:
    """Reads one relay. Closing it closes the connection."""

    batch = 100

    def __init__(
        self, name: str, relay: Relay, client: PoliteClient, *, page_size: int = 500
    ) -> None:
        self.source = f"{PLATFORM}/{name}"
        self._relay, self._client = relay, client
        self._page_size = page_size

    def close(self) -> None:
        """Let go of the connections; a question in another thread ends at once."""
        self._relay.close()
        self._client.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give the pages of a hashtag, newest first; the last one is often empty.

        Relays compare hashtags byte by byte: asked for are `tag`, `Tag` and `TAG`; clients
        should write the first (NIP-24). What a relay gives at most is not to be trusted: the end
        is an answer with nothing older.
        https://github.com/nostr-protocol/nips/blob/master/01.md#from-client-to-relay-sending-events-and-creating-subscriptions
        """
        is_first = cursor is None
        place = _first_place(now) if cursor is None else place_of(cursor)
        spellings = sorted({hashtag, hashtag.capitalize(), hashtag.upper()})
        while True:
            question: Filter = {
                "kinds": list(KINDS),
                "#t": spellings,
                "until": place.until,
                "limit": self._page_size,
            }
            given = self._relay.ask(question)
            if place.given and not given.rows:
                given = self._relay.ask(question)
                if not given.rows and not self._is_end(place):
                    yield page_of(cursor=str(place), beyond="cut short")
                    return
            reading = read_events(given.rows, self._relay.url, now=now, before=place.given)
            following = self._following(place, given, reading.ends, is_first=is_first)
            beyond = self._beyond(place, given, following)
            if reading.received or following is None or beyond:
                yield page_of_notes(
                    reading,
                    hashtag,
                    address=self._relay.url,
                    now=now,
                    cursor=None if following is None else str(following),
                    reached_at=None if following is None else min(following.read_since, now),
                    beyond=beyond,
                )
            if following is None:
                return
            place, is_first = following, False

    def expand(self, post: PostRef, *, now: datetime) -> Page | None:
        """Give who reposted, quoted and answered a post; None if the relay knows nothing of it.

        https://github.com/nostr-protocol/nips/blob/master/18.md
        """
        event_id = _id_of(post)
        acts: tuple[Filter, ...] = (
            {"kinds": list(KINDS), "#e": [event_id], "limit": self._page_size},
            {"kinds": [NOTE], "#q": [event_id], "limit": self._page_size},
        )
        given = self._relay.ask(*acts, {"ids": [event_id]})
        if not given.rows:
            return None
        rows = list(given.rows)
        if not given.is_all and len(rows) >= min(_SMALLEST_CAP, self._page_size):
            # Where two questions share an answer, nobody knows where each ends.
            rows += [row for question in acts for row in self._all(question, now)]
        reading = read_events(rows, self._relay.url, now=now)
        return page_of_acts(reading, post, address=self._relay.url, now=now)

    def hydrate(self, posts: Sequence[PostRef], *, now: datetime) -> Page:
        """Give the posts whose authors asked for their deletion. Relays keep no counts.

        https://github.com/nostr-protocol/nips/blob/master/09.md
        """
        known = {_id_of(post): post for post in posts}
        rows = self._all(
            {
                "kinds": [DELETION],
                "#e": list(known),
                "authors": sorted({post.author_key.partition(":")[2] for post in posts}),
                "limit": self._page_size,
            },
            now,
        )
        reading = read_events(rows, self._relay.url, now=now)
        refuse_if_unread(reading.rejected, reading.received, self._relay.url)
        removals: dict[str, Removal] = {}
        for event in reading.events:
            for tag in event.tagged("e") if event.kind == DELETION else ():
                post = known.get(tag[1])
                # Who asks for the deletion of another's post is not heard.
                if post is not None and post.author_key == author_key(event.pubkey):
                    gone = Removal(
                        kind="post", key=post.post_key, reason="deleted", removed_at=moment(event)
                    )
                    removals.setdefault(gone.key, gone)
        return page_of(
            removals=removals.values(), rejected=reading.rejected, received=reading.received
        )

    def check(self) -> SourceReport:
        """Ask for one note, and what the relay says of itself."""
        try:
            self._relay.ask({"kinds": [NOTE], "limit": 1})
        except CollectorError as error:
            return report_of_error(self.source, error)
        return SourceReport(self.source, summary_of(self._client))

    def _is_end(self, place: Place) -> bool:
        """Return whether an answer without anything can be true: it was asked for what was given.

        `until` counts its own second in (NIP-01): then it cannot. A relay that leaves that second
        out has nothing older.
        """
        known: Filter = {"ids": sorted(place.given)}
        if self._relay.ask({**known, "until": place.until}).rows:
            return False
        return bool(self._relay.ask(known).rows)

    def _all(self, question: Filter, now: datetime) -> list[object]:
        """Give all that passes one filter, up to a bound."""
        place, rows = _first_place(now), list[object]()
        for turn in range(_MOST_ANSWERS):
            given = self._relay.ask(dict(question) | {"until": place.until})
            rows += given.rows
            ends = read_events(given.rows, self._relay.url, now=now).ends
            following = self._following(place, given, ends, is_first=turn == 0)
            if following is None or len(given.rows) < min(_SMALLEST_CAP, self._page_size):
                break
            place = following
        return rows

    def _following(
        self, place: Place, given: Given, ends: Sequence[tuple[int, str]], *, is_first: bool
    ) -> Place | None:
        """Tell where the next page starts; None at the end. Raises `PayloadError`."""
        if not ends:
            return None
        oldest, newest = min(ends)[0], max(ends)[0]
        if oldest > place.until or (newest > place.until and not is_first):
            raise PayloadError(
                f"{self._relay.url}: gives newer events than it was asked for (until); "
                "it cannot be read page by page"
            )
        if given.is_all:
            return None
        if oldest < place.until:
            # Of the oldest second there may be more: it is asked for again.
            return Place(oldest, given=frozenset(one for when, one in ends if when == oldest))
        return Place(oldest - 1, was_cut=True) if oldest else None

    def _beyond(self, place: Place, given: Given, following: Place | None) -> str | None:
        """Tell whether more notes share a second than the relay gives at a time.

        Then the rest of that second cannot be asked for: `until` counts whole seconds.
        https://github.com/nostr-protocol/nips/issues/2407
        """
        is_full = len(given.rows) >= self._page_size
        is_cut = following is not None and following.was_cut and is_full
        return _CLAMP if is_cut or (place.was_cut and given.rows) else None


def _first_place(now: datetime) -> Place:
    # Clocks go wrong, but what claims to be of tomorrow must not crowd out what is of today.
    return Place(int((now + AHEAD).timestamp()))


def _id_of(post: PostRef) -> str:
    return post.post_key.removeprefix(f"{PLATFORM}:")
