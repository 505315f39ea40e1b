"""Posts from files: any format that can be imported, without importing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from analysis.frames import ACTS, POSTS
from analysis.graphs import acts as acting
from collectors.errors import ImportFileError
from collectors.imports.detect import recognize
from collectors.imports.sample import ImportOptions, captured_at
from collectors.page import Page
from monitor.errors import OperatorError
from monitor.inputs.input import Aside, Wanted, in_order, names_of
from monitor.inputs.pages import acts_of_page, boosts_of, posts_of
from monitor.inputs.reading import OnRead, Read, unheard
from monitor.inputs.tables import plain_table

_MOST_ASIDE = 1_000  # kept to be shown; all are counted
_PEOPLE = ("post_key", "author_key", "handle", "platform")


class FileInput:
    """Reads a file, or all files of a folder."""

    def __init__(self, path: Path, wanted: Wanted, on_read: OnRead = unheard) -> None:
        self._files = files_in(path)
        self._on_read = on_read
        self.wanted = wanted
        self.notes: list[str] = []
        self.set_aside: list[Aside] = []
        self.aside = 0
        self._named: list[pl.DataFrame] | None = None

    def batches(self, *columns: str) -> Iterator[pl.DataFrame]:
        """Give the posts batch by batch; each post once, whatever file it stands in."""
        names = names_of(columns)
        named: list[pl.DataFrame] = []
        for batch in self._once(frozenset(names) | set(_PEOPLE)):
            chosen = batch.filter(self.wanted.chosen())
            named.append(chosen.select("author_key", "handle").drop_nulls().unique("author_key"))
            yield chosen.select(names)
        self._named = named

    def posts(self, *columns: str) -> pl.DataFrame:
        """Give all posts at once."""
        return in_order(self.batches(*columns), columns)

    def acts(self) -> pl.DataFrame:
        """Give who acted on whom in the posts that are asked for."""
        told, posts, boosts = [ACTS.to_frame()], [_people_of(POSTS.to_frame())], []
        for table, page in self._all(frozenset({*acting.COLUMNS, *acting.TARGETS})):
            if table is not None:
                chosen = table.filter(self.wanted.chosen())
                told.append(acting.acts_in(chosen))
                posts.append(_people_of(table.filter(self.wanted.tagged())))
            if page is not None:
                known = posts_of(page)
                acts = acts_of_page(page)
                keys = known.filter(self.wanted.chosen()).select("post_key")
                told.append(acts.join(keys, on="post_key", how="semi"))
                boosts.append(acts.filter(pl.col("post_key").is_null()))
                posts.append(_people_of(known.filter(self.wanted.tagged())))
        people = pl.concat(posts)
        if boosts:
            told.append(self._wanted_boosts(pl.concat(boosts), people, at="acted_at"))
        return acting.resolved(pl.concat(told), people)

    def handles(self, keys: Iterable[str]) -> dict[str, str]:
        """Give the handles of accounts, as far as the files say."""
        if self._named is None:
            for _ in self.batches("post_key"):
                pass
        asked = pl.DataFrame({"author_key": list(keys)}, schema={"author_key": pl.String})
        none = POSTS.to_frame().select("author_key", "handle")
        named = pl.concat([none, *(self._named or [])]).join(asked, on="author_key", how="semi")
        return dict(named.unique("author_key", keep="last", maintain_order=True).iter_rows())

    def _once(self, columns: frozenset[str]) -> Iterator[pl.DataFrame]:
        """Give each post once, and in the end the reposts that are no posts."""
        seen = pl.Series("seen", [], dtype=pl.UInt64)
        tagged, boosts = [], []
        for table, page in self._all(columns):
            if table is not None and len(self._files) == 1:
                yield table  # which holds each post once
                continue
            batch = posts_of(page) if page is not None else table
            if batch is None:
                continue
            fresh, seen = _unseen(batch.unique("post_key", keep="first", maintain_order=True), seen)
            yield fresh
            if page is not None and (found := boosts_of(page)).height:
                boosts.append(found)
            if self.wanted.hashtags:
                tagged.append(batch.filter(self.wanted.tagged()).select("post_key"))
        if boosts:
            targets = pl.concat(tagged) if tagged else POSTS.to_frame().select("post_key")
            rest = pl.concat(boosts).unique("post_key", keep="first", maintain_order=True)
            yield self._wanted_boosts(rest, targets, at="sort_at")

    def _wanted_boosts(self, boosts: pl.DataFrame, posts: pl.DataFrame, *, at: str) -> pl.DataFrame:
        """Leave out the boosts of other posts, and those of another time."""
        of = "target_post_key" if "target_post_key" in boosts.columns else "repost_of_key"
        timely = boosts.filter(self.wanted.timely(at))
        if not self.wanted.hashtags:
            return timely
        return timely.join(posts.select(pl.col("post_key").alias(of)).unique(), on=of, how="semi")

    def _all(self, columns: frozenset[str]) -> Iterator[tuple[pl.DataFrame | None, Page | None]]:
        """Give columns of posts where a file is a plain table, else pages."""
        self.set_aside.clear()
        self.aside = 0
        needed = columns | {"post_key"}
        needed |= {"hashtags"} if self.wanted.hashtags else set()
        needed |= {"sort_at"} if self.wanted.since or self.wanted.until else set()
        acts = bool(needed & {"mentions", *acting.TARGETS})
        only = needed | {"interactions"} if acts else needed
        before, total = 0, sum(file.stat().st_size for file in self._files)
        for file in self._files:
            self._on_read(Read(before, total, "bytes"))
            options = ImportOptions(captured_at=captured_at(file), only=only)
            table = plain_table(file)
            read = None if table is None else table.read(needed, options)
            if read is None:
                for page in self._pages_of(file, options):
                    self._on_read(Read(before + page.progress, total, "bytes"))
                    yield None, page
            else:
                batches, size = list(read[0]), file.stat().st_size  # slices of one frame
                for number, batch in enumerate(batches, 1):
                    yield batch, None
                    self._on_read(Read(before + size * number // len(batches), total, "bytes"))
                for page in read[1]:
                    self._note_aside(page)
                    yield None, page
            before += file.stat().st_size

    def _pages_of(self, file: Path, options: ImportOptions) -> Iterator[Page]:
        try:
            for page in recognize(file).pages(file, options):
                self._note_aside(page)
                yield page
        except ImportFileError as error:
            raise OperatorError(str(error)) from error

    def _note_aside(self, page: Page) -> None:
        self.aside += page.rejected.height
        room = max(_MOST_ASIDE - len(self.set_aside), 0)
        for row in page.rejected.head(room).iter_rows(named=True):
            field = f"{row['field']}: " if row["field"] else ""
            self.set_aside.append(Aside(row["locator"], f"{field}{row['reason']}"))


def _people_of(posts: pl.DataFrame) -> pl.DataFrame:
    return posts.select(_PEOPLE)


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
