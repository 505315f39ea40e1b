"""Reads GDELT's files of the world's news: one each quarter of an hour, articles with their titles.

The files of translated news (http://data.gdeltproject.org/documentation/GDELT-Global_Knowledge_Graph_Codebook-V2.1.pdf)
hold what is not in English, titles in their own language.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from collectors.collector import SourceReport
from collectors.errors import (
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from collectors.http import PoliteClient
from collectors.markup import unescape
from collectors.moments import BEFORE, is_possible
from collectors.page import Hole, Page
from collectors.platforms.news.articles import PLATFORM, page_of_articles
from collectors.platforms.news.feed import Article
from collectors.platforms.news.links import canonical
from collectors.platforms.news.matching import Matcher, words_of
from collectors.records import Rejected

_NEWEST = "lastupdate-translation.txt"
_NAME = re.compile(r"(\d{14})\.translation\.gkg\.csv\.zip")
_QUARTER = timedelta(minutes=15)
_LATE = timedelta(minutes=45)  # a file comes some minutes after its quarter, not three quarters
_MOST_IN_A_ROW = 4  # broken files: then it is the server, or what stands between
_NOT_THERE = frozenset({404, 410})
# What reading an archive can end in: it may be locked, packed in another way, or cut.
_NO_ARCHIVE = (
    zipfile.BadZipFile,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
)
_LARGEST = 200_000_000  # bytes of a file, unpacked
_REMEMBERED = 400  # files: four days
_COLUMNS = 27  # GKG 2.1
_DATE, _OUTLET, _ADDRESS, _LANGUAGE, _EXTRAS = 1, 3, 4, 25, 26
_TITLE = re.compile(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>", re.DOTALL)
_SOURCE_LANGUAGE = re.compile(r"srclc:([a-z]{3})")


@dataclass(frozen=True, slots=True)
class Quarter:
    """What one file holds in the languages that are wanted."""

    articles: tuple[tuple[str, Article], ...] = ()  # outlet, article
    rejected: tuple[Rejected, ...] = ()
    received: int = 0
    missing: str = ""  # why it is not here
    error: CollectorError | None = None  # that says so, where it may be the server's


class GdeltCollector:
    """Reads the files, through its client. Closing it closes the client."""

    def __init__(
        self,
        client: PoliteClient,
        *,
        languages: frozenset[str],
        hours: int,
        matcher: Callable[[str], Matcher],
    ) -> None:
        self.source = f"{PLATFORM}/gdelt"
        self._client = client
        self._languages = languages
        self._files = hours * 4
        self._matcher = matcher
        self._quarters: dict[str, Quarter] = {}
        self._missing: dict[str, Quarter] = {}
        self._missing_of: datetime | None = None  # the turn in which they were not to be had
        self._newest: tuple[datetime, str] | None = None  # of which turn, and its name

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def pages(self, hashtag: str, *, cursor: str | None, now: datetime) -> Iterator[Page]:
        """Give one page per file, newest first, with the articles that are about the hashtag."""
        newest = self._newest_at(now)
        at = newest if cursor is None else _time_of(cursor)
        oldest = newest - self._files * _QUARTER
        shown_to = newest if now - newest > _LATE else now
        in_a_row = 0
        while at is not None:
            quarter = self._quarter(_stamp(at), now)
            in_a_row = in_a_row + 1 if quarter.error is not None else 0
            if quarter.error is not None and in_a_row >= _MOST_IN_A_ROW:
                raise quarter.error
            before = at - _QUARTER
            is_last = before < oldest
            hole = Hole(from_at=before, to_at=at, detail=quarter.missing, cursor=_stamp(at))
            yield page_of_articles(
                quarter.articles,
                self._matcher(hashtag),
                received=quarter.received,
                rejected=quarter.rejected,
                cursor=None if is_last else _stamp(before),
                reached_at=before,
                beyond="too old" if is_last else None,
                shown_to=shown_to if cursor is None else None,
                holes=[hole] if quarter.missing else [],
            )
            if is_last:
                return
            at = before

    def check(self) -> SourceReport:
        """Ask for the name of the newest file."""
        try:
            stamp = self._ask_newest()
        except RateLimitedError as error:
            return SourceReport(self.source, str(error), f"wait until {error.retry_at:%H:%M:%S %Z}")
        except CollectorError as error:
            remedy = "see whether collectors.news.gdelt_url can be reached from this machine"
            return SourceReport(self.source, str(error), remedy)
        return SourceReport(self.source, f"GDELT, newest file of {_time_of(stamp):%Y-%m-%d %H:%M}")

    def _newest_at(self, now: datetime) -> datetime:
        if self._newest is None or self._newest[0] != now:
            self._newest = now, self._ask_newest()
        return _time_of(self._newest[1])

    def _ask_newest(self) -> str:
        body = self._client.get_document(_NEWEST, headers={"Accept": "text/plain"}).body
        found = _NAME.search(body.decode("ascii", "replace"))
        if found is None:
            raise PayloadError(f"{self.source}: {_NEWEST} names no file of the expected kind")
        return found[1]

    def _quarter(self, stamp: str, now: datetime) -> Quarter:
        if self._missing_of != now:
            self._missing, self._missing_of = {}, now
        known = self._quarters.get(stamp) or self._missing.get(stamp)
        if known is not None:
            return known
        quarter = self._ask(stamp)
        if quarter.missing:
            # It may be there, or whole, the next time; all hashtags of a turn ask once.
            self._missing[stamp] = quarter
            return quarter
        while len(self._quarters) >= _REMEMBERED:
            del self._quarters[next(iter(self._quarters))]
        self._quarters[stamp] = quarter
        return quarter

    def _ask(self, stamp: str) -> Quarter:
        """Ask for one file. One that is broken or not there costs its quarter, and no other."""
        name = f"{stamp}.translation.gkg.csv.zip"
        try:
            document = self._client.get_document(name, headers={"Accept": "*/*"}, allow=_NOT_THERE)
            if document.status in _NOT_THERE:
                return Quarter(missing=f"{name} was not published")
            return quarter_of(document.body, name=name, languages=self._languages)
        except (PayloadError, SourceUnavailableError) as error:
            return Quarter(missing=str(error), error=error)


def quarter_of(body: bytes, *, name: str, languages: frozenset[str]) -> Quarter:
    """Read a file. Raises `PayloadError`."""
    articles: list[tuple[str, Article]] = []
    rejected: list[Rejected] = []
    received = 0
    for number, line in enumerate(_lines(body, name), start=1):
        cells = line.rstrip("\n").split("\t")
        if len(cells) >= _COLUMNS and not _is_wanted(cells, languages):
            continue
        received += 1
        try:
            articles.append(_article(cells))
        except ValueError as error:
            rejected.append(
                Rejected(locator=f"{name}:{number}", reason=str(error), raw=line[:2_000])
            )
    if rejected and not articles:
        raise PayloadError(f"{name}: not one line could be read: {rejected[0].reason}")
    return Quarter(tuple(articles), tuple(rejected), received)


def _lines(body: bytes, name: str) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (member,) = archive.infolist()
            if member.file_size > _LARGEST:
                raise PayloadError(f"{name}: holds {member.file_size} bytes, too many to be true")
            with archive.open(member) as packed:
                # Not more than it says: a file can lie about its size.
                text = io.TextIOWrapper(
                    io.BytesIO(packed.read(_LARGEST)), "utf-8", errors="replace", newline="\n"
                )
                yield from text
    except _NO_ARCHIVE as error:
        raise PayloadError(f"{name}: is no archive of one file: {error}") from error


def _is_wanted(cells: list[str], languages: frozenset[str]) -> bool:
    if not languages:
        return True
    found = _SOURCE_LANGUAGE.search(cells[_LANGUAGE])
    return found is not None and found[1] in languages


def _article(cells: list[str]) -> tuple[str, Article]:
    if len(cells) != _COLUMNS:
        raise ValueError(f"{len(cells)} columns instead of {_COLUMNS}")
    address = cells[_ADDRESS]
    key = canonical(address)
    if key is None:
        raise ValueError(f"{address[:100]!r} is no address of an article")
    found = _TITLE.search(cells[_EXTRAS])
    title = " ".join(unescape(found[1]).split())[:300] if found else ""
    outlet = cells[_OUTLET].strip().lower() or (urlsplit(key).hostname or "")
    # The last part of an address spells the headline: also where no title was kept.
    slug = re.sub(r"[-_+]+", " ", unquote(urlsplit(key).path.rsplit("/", 1)[-1]))
    return outlet, Article(
        key=key,
        url=address,
        title=title or slug or key,
        summary="",
        published_at=_published_at(cells[_DATE]),
        labels=(),
        words=tuple(words_of(f"{title}. {slug}")),
    )


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S}"


def _date_of(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _published_at(stamp: str) -> datetime:
    at = _date_of(stamp)
    if not is_possible(at):
        raise ValueError(f"{BEFORE}: {stamp}")
    return at


def _time_of(stamp: str) -> datetime:
    try:
        return _date_of(stamp)
    except ValueError:
        raise PayloadError(f"{stamp[:40]!r} is no time of a file, as 20260301120000") from None
