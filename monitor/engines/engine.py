"""What an engine does for the analysis: hold a table, compute a step once, give a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import narwhals as nw
import polars as pl

Lazy = nw.LazyFrame[Any]


class Engine(Protocol):
    """Runs the one text of the analysis, which is written against narwhals."""

    name: str

    def load(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Lazy:
        """Take a table in, batch by batch, without holding the batches."""
        ...

    def keep(self, frame: Lazy) -> Lazy:
        """Compute a step once, to be used several times."""
        ...

    def collect(self, frame: Lazy) -> pl.DataFrame:
        """Give a result as a frame."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


@runtime_checkable
class ReadsFiles(Protocol):
    """An engine whose workers read the files of a lake themselves."""

    def map_files(
        self,
        files: Sequence[Path],
        columns: Sequence[str],
        function: Callable[[pl.DataFrame], pl.DataFrame],
        schema: pl.Schema,
        *,
        hashtags: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Lazy:
        """Give what a function makes of the posts in the files of a lake."""
        ...
