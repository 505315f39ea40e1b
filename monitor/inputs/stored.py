"""Posts from the store, which is open only while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

import polars as pl

from analysis.frames import POSTS
from analysis.graphs.acts import resolved
from monitor.inputs.input import Aside, Wanted, in_order, names_of
from monitor.inputs.nothing import expect_posts
from monitor.inputs.reading import OnRead, Read, unheard
from monitor.store import Store
from monitor.store.queries import Selection

Opened = Callable[[], AbstractContextManager[Store]]


class StoreInput:
    """Reads what was collected and imported. opened: gives the open store for as long as needed.

    Raises `NothingStoredError` for a hashtag of which there is no post of any time.
    """

    def __init__(self, opened: Opened, wanted: Wanted, on_read: OnRead = unheard) -> None:
        self._opened = opened
        self._on_read = on_read
        self.wanted = wanted
        self.notes: list[str] = []
        self.set_aside: list[Aside] = []
        with opened() as store:
            if wanted.hashtags and wanted.watch is None:
                expect_posts(store, wanted.name, wanted.hashtags)
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
        with self._opened() as store:
            total = None if self._on_read is unheard else store.queries.posts(self._selection)
            done = 0
            for batch in store.gathered.posts(self._selection, names_of(columns)):
                done += batch.height
                self._on_read(Read(done, total, "posts"))
                yield batch

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts at once."""
        return in_order(self.batches(*columns), columns)

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom."""
        with self._opened() as store:
            if self._on_read is not unheard:
                self._on_read(Read(0, 1, "", poll=store.database.share_done()))
            acts = store.gathered.acts(self._selection)
            self._on_read(Read(1, 1, ""))
            return resolved(acts, POSTS.to_frame())

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the handles of accounts, as far as they are known."""
        with self._opened() as store:
            return store.queries.handles(list(keys))
