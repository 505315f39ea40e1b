"""Stage 1 for files: a file → pages → store, as a run like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeVar

import polars as pl

from collectors.errors import ImportFileError
from collectors.imports.detect import IMPORTERS, recognize
from collectors.imports.lake import MANIFEST
from collectors.imports.sample import Importer, ImportOptions, Provenance, Sample, captured_at
from collectors.page import POSTS, REJECTED, Page
from monitor import clock
from monitor.errors import StoreError
from monitor.ledger import Stretch
from monitor.nearest import one_of
from monitor.store import Store, StoreFile
from monitor.store.posts import Saved
from monitor.store.runs import INTERRUPTED

_Result = TypeVar("_Result")

# Others must get their turn while a big file comes in: who waits for the store tries again after
# 30 ms at the latest.
_HOLD_SECONDS = 2.0
_PAUSE_SECONDS = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What a file brought."""

    path: Path
    format: str
    title: str
    read: int
    new: int
    updated: int
    set_aside: int
    repeated: int  # records of a post that stands in the file more than once
    run_id: int
    imported_before_at: datetime | None = None
    provenance: Provenance


def importer_for(path: Path, name: str) -> Importer:
    """Give the importer of a format, or the one that recognizes the file."""
    if name == "auto":
        return recognize(path)
    if name not in IMPORTERS:
        raise ImportFileError(f"there is no format {name!r}{one_of(name, IMPORTERS)}")
    return IMPORTERS[name]


def import_file(
    stores: StoreFile,
    path: Path,
    *,
    importer: Importer,
    mapping: dict[str, str],
    zone: tzinfo = UTC,
    now: datetime,
    watch: str | None = None,
    covers: tuple[list[str], Stretch] | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> ImportResult:
    """Read a file into the store. A page is saved whole or not; a second time changes nothing.

    covers: the hashtags and the stretch of time that the file is complete for, if it is known.
    """
    options = ImportOptions(captured_at=captured_at(path), mapping=mapping, zone=zone)
    source, sha256 = f"import/{importer.name}", _sha256(path)
    made = importer.provenance(Sample.of(path))
    with _Turns(stores) as turns:
        before = turns.do(lambda store: store.runs.imported(sha256))
        run_id = turns.do(
            lambda store: store.runs.start(
                "import", source, now=now, watch=watch, locator=path.name, sha256=sha256,
                tool=made.tool, capture_mode=made.capture_mode,
            )
        )  # fmt: skip
        read = set_aside = repeated = 0
        try:
            for page in importer.pages(path, options):
                turns.save(page, run_id=run_id, source=source, now=now, watch=watch)
                read += page.received
                set_aside += page.rejected.height
                repeated += page.repeated
                on_progress(page.progress)
            turns.settle()
        except BaseException as error:
            if not isinstance(error, StoreError):  # else whoever looks next sees that it broke off
                turns.do(_broken_off(run_id, error, now))
            raise
        verdict = "partial" if set_aside else "complete" if read else "empty"
        turns.do(lambda store: _finish(store, run_id, verdict, source, covers, now))
    return ImportResult(
        path=path,
        format=importer.name,
        title=importer.title,
        read=read,
        new=turns.new,
        updated=turns.updated,
        set_aside=set_aside,
        repeated=repeated,
        run_id=run_id,
        imported_before_at=before,
        provenance=made,
    )


def _broken_off(run_id: int, error: BaseException, now: datetime) -> Callable[[Store], None]:
    why = str(error) if isinstance(error, ImportFileError) else INTERRUPTED
    return lambda store: store.runs.finish(run_id, "failed", now=now, detail=why)


def _finish(
    store: Store,
    run_id: int,
    verdict: str,
    source: str,
    covers: tuple[list[str], Stretch] | None,
    now: datetime,
) -> None:
    with store.transaction():
        hashtags, stretch = covers or ([], (now, now))
        for hashtag in hashtags:
            store.coverage.want(source, hashtag, since=stretch[0])
            store.coverage.cover(source, hashtag, (stretch[0], min(stretch[1], now)))
        store.runs.finish(run_id, verdict, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do."""

    path: Path
    importer: Importer
    provenance: Provenance
    sha256: str
    mapping: list[tuple[str, str]]  # column or key, and the field that it fills
    rows: pl.DataFrame  # the first posts
    read: int
    posts: int
    set_aside: pl.DataFrame  # locator, reason, field


def preview(
    path: Path,
    *,
    importer: Importer,
    mapping: dict[str, str],
    zone: tzinfo = UTC,
    rows: int = 10,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Preview:
    """Read a file to its end, and store nothing."""
    sample = Sample.of(path)
    options = ImportOptions(captured_at=captured_at(path), mapping=mapping, zone=zone)
    first: list[pl.DataFrame] = []
    aside: list[pl.DataFrame] = []
    keys: set[str] = set()
    read = 0
    for page in importer.pages(path, options):
        matched = page.posts.filter(captured_as="matched")
        if sum(frame.height for frame in first) < rows:
            first.append(matched.head(rows))
        keys.update(matched["post_key"])
        aside.append(page.rejected.select("locator", "reason", "field"))
        read += page.received
        on_progress(page.progress)
    return Preview(
        path=path,
        importer=importer,
        provenance=importer.provenance(sample),
        sha256=_sha256(path),
        mapping=importer.mapping(sample, options),
        rows=pl.concat(first).head(rows) if first else POSTS.to_frame(),
        read=read,
        posts=len(keys),
        set_aside=pl.concat(aside) if aside else REJECTED.to_frame(),
    )


def files_in(path: Path) -> list[Path]:
    """Give the files of a folder and the folders within, in order; hidden ones are left out.

    A lake stands for all that is in it.
    """
    lakes = {file.parent for file in path.rglob(MANIFEST)}
    found = (
        file
        for file in path.rglob("*")
        if file.is_file()
        and not any(p.startswith(".") for p in file.relative_to(path).parts)
        and (file.name == MANIFEST or lakes.isdisjoint(file.parents))
    )
    return sorted(found)


class _Turns:
    """Holds the store for a while in a thread of its own, and gives it back in between.

    All that is done with the store is done there: while a page is saved, or the store changes
    hands, the next page is read.
    """

    def __init__(self, stores: StoreFile) -> None:
        self.new = self.updated = 0
        self._stores = stores
        self._stack = ExitStack()
        self._store: Store | None = None
        self._since = 0.0
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="save")
        self._pending: Future[Saved] | None = None

    def __enter__(self) -> _Turns:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            # After the page that is being saved; the thread that took the store gives it back.
            self._pool.submit(self._stack.close).result()
        finally:
            self._pool.shutdown(wait=True)

    def do(self, work: Callable[[Store], _Result]) -> _Result:
        """Do something with the store, and give what it gives."""
        return self._pool.submit(self._in_turn, work).result()

    def save(
        self, page: Page, *, run_id: int, source: str, now: datetime, watch: str | None
    ) -> None:
        """Begin to save a page, once the one before is saved."""

        def work(store: Store) -> Saved:
            with store.transaction():
                saved = store.posts.add(page, source=source, now=now, watch=watch)
                store.runs.add_page(run_id, saved, page)
                store.runs.set_aside(run_id, source, page.rejected, now=now)
            return saved

        self.settle()
        self._pending = self._pool.submit(self._in_turn, work)

    def settle(self) -> None:
        """Wait for the page that is being saved, and count what it changed."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            saved = pending.result()
            self.new += saved.new
            self.updated += saved.updated

    def _in_turn(self, work: Callable[[Store], _Result]) -> _Result:
        if self._store is not None and clock.monotonic() - self._since > _HOLD_SECONDS:
            self._store = None
            self._stack.close()
            self._stores.sleep(_PAUSE_SECONDS)
        if self._store is None:
            self._store = self._stack.enter_context(self._stores.open())
            self._since = clock.monotonic()
        return work(self._store)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
