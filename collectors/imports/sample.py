"""The first bytes of a file, from which its format is recognized, and what an importer is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Literal, Protocol

from collectors import moments
from collectors.imports import packed
from collectors.page import Page

SAMPLE_BYTES = 1 << 18

# How the posts of a file were come by. searched, streamed: all that the platform gave for a query;
# browsed: what a platform chose to show a person, which is no complete record; edges only: who
# shared what, without the posts themselves.
CaptureMode = Literal["searched", "streamed", "browsed", "edges only", "unknown"]


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file."""

    path: Path
    head: bytes

    @classmethod
    def of(cls, path: Path) -> Sample:
        """Read the beginning, unpacked if the file is packed. Raises `OSError`."""
        with packed.opened(path) as file:
            return cls(path, file.read(SAMPLE_BYTES))


def captured_at(path: Path) -> datetime:
    """Give when a file was written, or else when it came here: archives set times of 1970 or 1980.

    Raises `OSError`.
    """
    told = path.stat()
    for seconds in (told.st_mtime, told.st_ctime):
        try:
            at = datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):  # of a disk that writes any number
            continue
        if moments.is_possible(at):
            return at
    return moments.EARLIEST


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the operator and the file system say about a file."""

    captured_at: datetime  # when the counts in it were taken, if it does not say so itself
    mapping: Mapping[str, str] = field(default_factory=dict)  # our field -> column of the file
    zone: tzinfo = UTC  # of clocks that say no offset
    page_size: int = 50_000  # records per page
    # The columns of pages that are asked for; None: all. Importers that read column by column leave
    # out the others, so that they are empty; those that read row by row give all.
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """With what a file was made, and how its posts were come by, as far as the file shows it."""

    tool: str | None = None  # twarc, 4cat, zeeschuimer, minet, …
    capture_mode: CaptureMode = "unknown"


class Importer(Protocol):
    """Reads one file format."""

    name: str  # as in --format
    title: str  # as in messages and help

    def recognizes(self, sample: Sample) -> bool:
        """Tell from the first bytes whether a file is of this format. Never raises."""
        ...

    def pages(self, path: Path, options: ImportOptions) -> Iterator[Page]:
        """Read the file page by page, in its order. Raises `ImportFileError`."""
        ...

    def mapping(self, sample: Sample, options: ImportOptions) -> list[tuple[str, str]]:
        """Give each column, or key, that is read, with the field that it fills.

        A field is named as in `csv_columns.NAMES` where it is one of these. Raises
        `ImportFileError`, as `pages` would.
        """
        ...

    def provenance(self, sample: Sample) -> Provenance:
        """Tell the tool and the way of capture from the first bytes. Never raises."""
        ...
