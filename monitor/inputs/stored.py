"""Posts from the store, which is open only while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from monitor.inputs.input import Aside, Wanted, acts_in_order, in_order, names_of
from monitor.store import StoreFile
from monitor.store.queries import Selection


class StoreInput:
    """Reads what was collected and imported."""

    def __init__(self, stores: StoreFile, wanted: Wanted) -> None:
        self._stores = stores
        self.wanted = wanted
        self.notes: list[str] = []
        self.set_aside: list[Aside] = []
        with stores.open(read_only=True) as store:
            undated = store.gathered.undated(self._selection)
        if undated:
            self.notes.append(
                f"{undated:,} reposts are left out: their servers do not say when they were."
            )

    @property
    def _selection(self) -> Selection:
        return self.wanted.target.selection(self.wanted.since, self.wanted.until)

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give the posts batch by batch."""
        with self._stores.open(read_only=True) as store:
            yield from store.gathered.posts(self._selection, names_of(columns))

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts at once."""
        return in_order(self.batches(*columns), columns)

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom."""
        with self._stores.open(read_only=True) as store:
            return acts_in_order([store.gathered.acts(self._selection)])

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the handles of accounts, as far as they are known."""
        with self._stores.open(read_only=True) as store:
            return store.queries.handles(list(keys))
