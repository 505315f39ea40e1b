"""What the operator says about news."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from collectors.hashtags import normalize

_LANGUAGE = re.compile(r"[a-z]{3}")


class Feed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One feed: its address, and what its outlet is called (else: its host)."""

    url: str
    outlet: str = ""

    @property
    def name(self) -> str:
        """What the outlet is called."""
        return self.outlet or (urlsplit(self.url).hostname or "").removeprefix("www.")


# Feeds of outlets that many read, as their pages name them; see docs/sources.md.
_PRESET = (
    Feed(outlet="antaranews.com", url="https://www.antaranews.com/rss/terkini.xml"),
    Feed(outlet="antaranews.com", url="https://www.antaranews.com/rss/politik.xml"),
    Feed(outlet="detik.com", url="https://news.detik.com/berita/rss"),
    Feed(outlet="cnnindonesia.com", url="https://www.cnnindonesia.com/nasional/rss"),
    Feed(outlet="tempo.co", url="https://rss.tempo.co/nasional"),
    Feed(outlet="republika.co.id", url="https://www.republika.co.id/rss"),
    Feed(outlet="suara.com", url="https://www.suara.com/rss"),
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.news]`.

    feeds: whom to read; without it, a preset of seven feeds of six Indonesian outlets.
    synonyms: more words for a hashtag: { TolakRUUTNI = ["revisi uu tni"] }.
    timezone: of feeds whose dates say no zone.
    gdelt: whether GDELT's files of the world's news are read too.
    gdelt_url: where those are.
    gdelt_languages: only articles in these languages, by their ISO 639-2 codes; empty for all.
    gdelt_hours: how far back those files are read; each is a quarter of an hour, and some 5 MB.
    seconds_between_requests: the pause between two requests to one host.
    """

    feeds: tuple[Feed, ...] | None = None
    synonyms: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    timezone: str = "Asia/Jakarta"
    gdelt: bool = False
    gdelt_url: str = "http://data.gdeltproject.org/gdeltv2"
    gdelt_languages: tuple[str, ...] = ("ind",)
    gdelt_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 90)] = 24
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0

    @property
    def read(self) -> tuple[Feed, ...]:
        """The feeds that are read."""
        return _PRESET if self.feeds is None else self.feeds

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        for address in (*(feed.url for feed in self.read), self.gdelt_url):
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"feeds: {address!r} is no address, as https://a.example/rss.xml")
        places = [place_of(feed) for feed in self.read]
        if len(set(places)) < len(places):
            raise ValueError(f"feeds names a feed twice: {', '.join(sorted(places))}")
        if not self.read and not self.gdelt:
            raise ValueError("feeds is empty: name one, or leave the key out for the preset")
        for tag in self.synonyms:
            if normalize(tag) is None:
                raise ValueError(f"synonyms: {tag!r} is no hashtag")
        for code in self.gdelt_languages:
            if not _LANGUAGE.fullmatch(code):
                raise ValueError(f"gdelt_languages: {code!r} is no code of three letters, as 'ind'")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f"timezone: there is no time zone {self.timezone!r}: write Asia/Jakarta"
            ) from None


def place_of(feed: Feed) -> str:
    """Give where a feed is, without what is the same for all.

    >>> place_of(Feed(url="https://www.antaranews.com/rss/terkini.xml"))
    'antaranews.com/rss/terkini.xml'
    """
    parts = urlsplit(feed.url)
    host = parts.netloc.lower().removeprefix("www.")
    return host + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
