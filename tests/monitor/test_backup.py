"""A copy of the store is whole, also while it is used, or it is not there."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from collectors.page import page_of
from monitor.checks import backup_result
from monitor.errors import StoreAccessError, StoreMissingError
from monitor.store import StoreFile
from monitor.store.backup import backup
from monitor.store.backups import Backup
from tests.builders import NOON, SOURCE, make_post

Gaung = Callable[..., tuple[int, str, str]]

_WRITER = """
import sys, time
from datetime import timedelta
from pathlib import Path
from collectors.page import page_of
from monitor.store import StoreFile
from tests.builders import NOON, SOURCE, make_post
stores = StoreFile(Path(sys.argv[1]), patience=timedelta(seconds=60))
for number in range(1, 10_000):
    page = page_of(posts=[make_post(10 * number + n) for n in range(10)])
    with stores.open() as store, store.transaction():
        store.posts.add(page, source=SOURCE, now=NOON)
    print(number, flush=True)
"""


def filled(stores: StoreFile, count: int) -> None:
    page = page_of(posts=[make_post(number) for number in range(1, count + 1)])
    with stores.open() as store, store.transaction():
        store.posts.add(page, source=SOURCE, now=NOON)


def count(path: Path) -> int:
    with StoreFile(path).open(read_only=True) as store:
        found: int = store.database.value("select count(*) from posts")
        return found


def test_a_copy_has_all_posts_and_is_for_its_owner_only(stores: StoreFile, tmp_path: Path) -> None:
    filled(stores, 30)
    target = tmp_path / "backup" / "copy.duckdb"
    posts, size = backup(stores, target)
    assert (posts, count(target)) == (30, 30)
    assert size == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["copy.duckdb"]


def test_what_is_there_already_is_not_overwritten(stores: StoreFile, tmp_path: Path) -> None:
    filled(stores, 3)
    target = tmp_path / "copy.duckdb"
    target.write_text("mine")
    with pytest.raises(StoreAccessError, match="there already"):
        backup(stores, target)
    assert target.read_text() == "mine"


def test_where_there_is_no_store_nothing_is_made(stores: StoreFile, tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError, match="no store yet"):
        backup(stores, tmp_path / "copy.duckdb")
    assert not stores.path.exists()
    assert not (tmp_path / "copy.duckdb").exists()


def test_a_folder_that_cannot_be_written_is_named(stores: StoreFile, tmp_path: Path) -> None:
    filled(stores, 3)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreAccessError, match="cannot be written"):
        backup(stores, tmp_path / "file" / "copy.duckdb")


def test_a_store_that_is_written_all_the_while_is_copied_whole(tmp_path: Path) -> None:
    """Each transaction adds ten posts: a copy has a multiple of ten, or it was torn."""
    path = tmp_path / "gaung.duckdb"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "1\n"
        stores = StoreFile(path, patience=timedelta(seconds=60))
        copied = []
        for number in range(3):
            posts, _ = backup(stores, tmp_path / f"copy-{number}.duckdb")
            copied.append(posts)
            time.sleep(0.2)
        assert writer.poll() is None
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    assert all(posts % 10 == 0 for posts in copied)
    assert copied == sorted(copied)
    assert copied[-1] > copied[0] > 0
    assert [count(tmp_path / f"copy-{number}.duckdb") for number in range(3)] == copied


def test_the_command_tells_what_it_copied_and_leaves_a_record(gaung: Gaung, tmp_path: Path) -> None:
    filled(StoreFile(tmp_path / "data" / "gaung.duckdb"), 12)
    code, out, _ = gaung("backup", "copy.duckdb")
    assert code == 0
    assert out.startswith("copy.duckdb: 12 posts, ")
    assert "backup" in gaung("audit")[1]
    assert gaung("backup", "copy.duckdb")[0] == 1


def test_a_copy_goes_on_numbering_where_the_store_does(stores: StoreFile, tmp_path: Path) -> None:
    with stores.open() as store:
        numbers = [store.runs.start("poll", SOURCE, now=NOON) for _ in range(3)]
    backup(stores, tmp_path / "copy.duckdb")
    with StoreFile(tmp_path / "copy.duckdb").open() as store:
        assert store.runs.start("poll", SOURCE, now=NOON) == numbers[-1] + 1


def test_a_part_that_somebody_else_left_there_is_not_written_into(
    stores: StoreFile, tmp_path: Path
) -> None:
    filled(stores, 3)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    (tmp_path / ".copy.duckdb.part").symlink_to(elsewhere)
    backup(stores, tmp_path / "copy.duckdb")
    assert elsewhere.read_text() == "theirs"
    assert not (tmp_path / "copy.duckdb").is_symlink()


def test_each_backup_is_known_of_by_the_store_it_was_made_of(gaung: Gaung, tmp_path: Path) -> None:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb")
    filled(stores, 3)
    with stores.open(read_only=True) as store:
        assert store.backups.last() is None
        assert store.backups.since() == NOON
    assert gaung("backup", "kept/first.duckdb")[0] == 0
    assert gaung("backup", "kept/second.duckdb")[0] == 0
    with stores.open(read_only=True) as store:
        last = store.backups.last()
    assert last is not None
    assert last.name == "second.duckdb"
    assert last.bytes == (tmp_path / "kept" / "second.duckdb").stat().st_size


@pytest.mark.parametrize(
    ("made", "begun", "words", "is_well"),
    [
        (None, None, None, True),
        (None, timedelta(days=1, hours=23), None, True),
        (None, timedelta(days=3), "no backup was ever made of this store", False),
        (timedelta(hours=5), timedelta(days=90), "copy.duckdb, is less than a day old", True),
        (timedelta(days=1, hours=5), timedelta(days=90), "is 1 day old", True),
        (timedelta(days=8, hours=5), timedelta(days=90), "is 8 days old", True),
        (timedelta(days=31), timedelta(days=90), "is 31 days old", False),
    ],
)
def test_the_age_of_the_last_backup_is_told(
    made: timedelta | None, begun: timedelta | None, words: str | None, is_well: bool
) -> None:
    last = None if made is None else Backup(NOON - made, "copy.duckdb", 1)
    told = backup_result(last, since=None if begun is None else NOON - begun, now=NOON)
    if words is None:
        assert told is None
        return
    assert told is not None
    assert words in told.summary
    assert (told.remedy is None) is is_well
