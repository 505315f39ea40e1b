"""An engine that tells how many of its steps are done, for people who wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from monitor.engines.engine import Engine, Lazy, ReadsFiles


class CountedEngine:
    """Does what another engine does. on_step: is called after each step that it computes."""

    def __init__(self, engine: Engine, on_step: Callable[[], None]) -> None:
        self.name = engine.name
        self._engine = engine
        self._on_step = on_step

    def load(self, batches: Iterable[pl.DataFrame], schema: pl.Schema) -> Lazy:
        """Take a table in."""
        return self._engine.load(batches, schema)

    def keep(self, frame: Lazy) -> Lazy:
        """Compute a step once."""
        kept = self._engine.keep(frame)
        self._on_step()
        return kept

    def collect(self, frame: Lazy) -> pl.DataFrame:
        """Give a result as a frame."""
        return self._engine.collect(frame)

    def close(self) -> None:
        """Give back what is held."""
        self._engine.close()


class CountedReader(CountedEngine):
    """The same of an engine whose workers read files themselves."""

    def __init__(self, engine: Engine, reader: ReadsFiles, on_step: Callable[[], None]) -> None:
        super().__init__(engine, on_step)
        self.map_files = reader.map_files


def counted(engine: Engine, on_step: Callable[[], None]) -> Engine:
    """Give an engine that does the same and tells of each step."""
    if isinstance(engine, ReadsFiles):
        return CountedReader(engine, engine, on_step)
    return CountedEngine(engine, on_step)
