"""Posts from files: any format that can be imported, without importing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from collectors.errors import ImportFileError
from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions
from collectors.page import Page
from monitor.errors import OperatorError
from monitor.inputs.input import Aside, Wanted, acts_in_order, in_order, names_of
from monitor.inputs.pages import acts_of_page, boosts_of, posts_of
from monitor.inputs.tables import table_batches

_MOST_ASIDE = 1_000  # kept to be shown; all are counted


class FileInput:
    """Reads a file, or all files of a folder."""

    def __init__(self, path: Path, wanted: Wanted) -> None:
        self._files = files_in(path)
        self.wanted = wanted
        self.notes: list[str] = []
        self.set_aside: list[Aside] = []
        self.aside = 0
        self._handles: dict[str, str] = {}
        self._read_once = False

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give the posts batch by batch; each post once, whatever file it stands in."""
        names = names_of(columns)
        seen = pl.Series("seen", [], dtype=pl.UInt64)
        for batch, is_distinct in self._all(frozenset(names)):
            chosen = batch.filter(self.wanted.chosen())
            if not is_distinct or len(self._files) > 1:
                chosen, seen = _unseen(chosen.unique("post_key", maintain_order=True), seen)
            self._remember(chosen)
            yield chosen.select(names)
        self._read_once = True

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts at once."""
        return in_order(self.batches(*columns), columns)

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom in the posts that are asked for."""
        keys = self.posts("post_key", "sort_at")["post_key"]
        found = []
        for page in self._pages():
            acts = acts_of_page(page)
            known = pl.col("post_key").is_null() | pl.col("post_key").is_in(keys.implode())
            found.append(acts.filter(known))
        together = acts_in_order(found)
        return together.unique(maintain_order=True)

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the handles of accounts, as far as the files say."""
        if not self._read_once:
            for _ in self.batches("post_key"):
                pass
        return {key: self._handles[key] for key in keys if key in self._handles}

    def _remember(self, posts: pl.DataFrame) -> None:
        known = posts.select("author_key", "handle").drop_nulls().unique("author_key", keep="last")
        self._handles.update(known.iter_rows())

    def _all(self, columns: frozenset[str]) -> Iterator[tuple[pl.DataFrame, bool]]:
        """Give the posts, and whether the batches of this file hold each post once."""
        self.set_aside.clear()
        self.aside = 0
        needed = columns | {"post_key", "author_key", "handle"}
        needed |= {"hashtags"} if self.wanted.hashtags else set()
        needed |= {"sort_at"} if self.wanted.since or self.wanted.until else set()
        for file in self._files:
            table = table_batches(file, needed)
            if table is not None:
                yield from ((batch, True) for batch in table)
                continue
            for page in self._pages_of(file):
                yield posts_of(page), False
                if (boosts := boosts_of(page)).height and not self.wanted.hashtags:
                    yield boosts, False

    def _pages(self) -> Iterator[Page]:
        for file in self._files:
            yield from self._pages_of(file)

    def _pages_of(self, file: Path) -> Iterator[Page]:
        options = ImportOptions(captured_at=datetime.fromtimestamp(file.stat().st_mtime, UTC))
        try:
            importer = recognize(file)
            for page in importer.pages(file, options):
                self.aside += page.rejected.height
                room = _MOST_ASIDE - len(self.set_aside)
                for row in page.rejected.head(max(room, 0)).iter_rows(named=True):
                    self.set_aside.append(Aside(row["locator"], row["reason"]))
                yield page
        except ImportFileError as error:
            raise OperatorError(str(error)) from error


def _unseen(posts: pl.DataFrame, seen: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Leave out posts that were there before, and remember the others."""
    keys = posts["post_key"].hash(1).alias("seen")
    if len(seen):
        fresh = ~keys.is_in(seen.implode())
        posts, keys = posts.filter(fresh), keys.filter(fresh)
    return posts, pl.concat([seen, keys])


def files_in(path: Path) -> list[Path]:
    """Give the file, or the files of a folder in the order of their names."""
    if not path.exists():
        raise OperatorError(f"{path}: there is no such file or folder")
    if path.is_file():
        return [path]
    found = sorted(
        file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")
    )
    if not found:
        raise OperatorError(f"{path}: the folder holds no file")
    return found
