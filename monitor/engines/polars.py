"""Polars: all in memory, with its streaming engine."""

from __future__ import annotations

from collections.abc import Iterable

import narwhals as nw
import polars as pl

from monitor.engines.engine import Lazy


class PolarsEngine:
    """Runs on one machine, in memory."""

    name = "polars"

    def load(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Lazy:
        """Take a table in, batch by batch."""
        return nw.from_native(pl.concat([schema.to_frame(), *batches]).lazy())

    def keep(self, frame: Lazy) -> Lazy:
        """Compute a step once."""
        return nw.from_native(self.collect(frame).lazy())

    def collect(self, frame: Lazy) -> pl.DataFrame:
        """Give a result as a frame."""
        native: pl.LazyFrame = frame.to_native()
        return native.collect(engine="streaming")

    def close(self) -> None:
        """Give nothing back: frames go when nobody names them."""
