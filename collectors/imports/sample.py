"""The first bytes of a file, from which its format is recognized, and what an importer is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol

from collectors.page import Page

SAMPLE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file."""

    path: Path
    head: bytes

    @classmethod
    def of(cls, path: Path) -> Sample:
        """Read the beginning. Raises `OSError`."""
        with path.open("rb") as file:
            return cls(path, file.read(SAMPLE_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the operator and the file system say about a file."""

    captured_at: datetime  # when the counts in it were taken, if it does not say so itself
    mapping: Mapping[str, str] = field(default_factory=dict)  # our field -> column of the file
    zone: tzinfo = UTC  # of clocks that say no offset
    page_size: int = 50_000  # records per page


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
