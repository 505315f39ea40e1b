"""What was taken out is in no byte of the file; and the file is whole at each moment."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from collectors.page import page_of
from collectors.records import Removal
from monitor.store import StoreFile
from monitor.store.privacy import Rewriting
from monitor.store.rewriting import rewrite
from monitor.wiring import build
from tests.builders import HOUR, NOON, SOURCE, make_post

Gaung = Callable[..., tuple[int, str, str]]
DAY = timedelta(days=1)
_REWRITER = """
import sys
from pathlib import Path
from monitor.store import StoreFile
from monitor.store.rewriting import rewrite
from tests.builders import NOON
print("begins", flush=True)
while True:
    rewrite(StoreFile(Path(sys.argv[1])), now=NOON)
    print("done", flush=True)
"""
_WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from monitor.store import StoreFile
stores = StoreFile(Path(sys.argv[1]), patience=timedelta(seconds=60))
number = 0
while True:
    number += 1
    with stores.open() as store, store.transaction():
        store.database.run("insert into meta values ('w' || $n, 'x')", n=number)
    print(number, flush=True)
"""

_READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(1, flush=True)
sys.stdin.readline()
print(connection.execute("select count(text) from posts").fetchall()[0][0])
"""


def unique(number: int) -> str:
    return f"kata{random.Random(number).randrange(10**18):018d}"


def filled(stores: StoreFile, count: int = 300, *, age: timedelta = DAY) -> None:
    posts = [
        make_post(n, text=f"{unique(n)} #AirBersih", created_at=NOON - age) for n in range(count)
    ]
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=posts), source=SOURCE, now=NOON - age)


def texts_in(path: Path, numbers: range) -> int:
    """Count the texts that stand in the bytes of a file."""
    raw = path.read_bytes()
    return sum(unique(n).encode() in raw for n in numbers)


def unpacked(path: Path, folder: Path) -> Path:
    """Write a store's tables without compression, so that no text can hide in a dictionary."""
    target = folder / "unpacked.duckdb"
    with duckdb.connect(":memory:") as connection:
        connection.execute("set force_compression = 'uncompressed'")
        connection.execute(f"attach '{path}' as old (read_only)")
        connection.execute(f"attach '{target}' as plain")
        connection.execute("copy from database old to plain")
    return target


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(path, read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        return {
            name: connection.execute(
                f'select md5(t::text) as row from "{name}" t order by row'  # noqa: S608
            ).fetchall()
            for (name,) in tables
            if name != "meta"
        }


def files(path: Path) -> list[str]:
    # Beside the store stands who is at work on it, as long as the process lives.
    return sorted(one.name for one in path.parent.iterdir() if ".at-" not in one.name)


def test_rewriting_changes_nothing_but_the_free_blocks(stores: StoreFile, tmp_path: Path) -> None:
    filled(stores)
    with stores.open() as store:
        numbers = [store.runs.start("poll", SOURCE, now=NOON) for _ in range(4)]
        store.database.run("delete from posts where post_key not like '%/2__'")
    before = contents(stores.path)
    assert texts_in(stores.path, range(200)) > 100
    size = rewrite(stores, now=NOON)
    assert size == stores.path.stat().st_size
    assert contents(stores.path) == before
    assert texts_in(stores.path, range(200)) == 0
    assert texts_in(unpacked(stores.path, tmp_path), range(200)) == 0
    assert files(stores.path) == ["gaung.duckdb"]
    assert stores.path.stat().st_mode & 0o777 == 0o600
    with stores.open() as store:
        assert store.runs.start("poll", SOURCE, now=NOON) == numbers[-1] + 1


def test_a_store_behind_a_link_is_rewritten_where_it_is(tmp_path: Path) -> None:
    real = StoreFile(tmp_path / "disk" / "real.duckdb")
    filled(real, 3)
    link = tmp_path / "link.duckdb"
    link.symlink_to(real.path)
    rewrite(StoreFile(link), now=NOON)
    assert link.is_symlink()
    assert len(contents(real.path)["posts"]) == 3


@pytest.mark.soak  # long, for what it adds to the tests of each change
@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_leaves_the_store_whole(tmp_path: Path, seed: int) -> None:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb")
    filled(stores, 2_000)
    before = contents(stores.path)
    process = subprocess.Popen(
        [sys.executable, "-c", _REWRITER, str(stores.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    time.sleep(random.Random(seed).uniform(0, 1.2))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with stores.open(read_only=True) as store:
        assert store.count_posts() == 2_000
    rewrite(stores, now=NOON)
    assert contents(stores.path) == before
    assert files(stores.path) == ["gaung.duckdb"]


@pytest.mark.soak  # long, for what it adds to the tests of each change
def test_whoever_writes_meanwhile_loses_nothing(tmp_path: Path) -> None:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb", patience=timedelta(seconds=60))
    filled(stores)
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(stores.path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "1\n"
    for _ in range(8):
        assert rewrite(stores, now=NOON)
    assert writer.poll() is None
    writer.send_signal(signal.SIGKILL)
    said = [int(line) for line in writer.communicate()[0].split()]
    with stores.open(read_only=True) as store:
        kept = store.database.value("select count(*) from meta where key like 'w%'")
    assert kept >= said[-1] > 8


def test_a_reader_meanwhile_sees_the_whole_store(stores: StoreFile) -> None:
    filled(stores)
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER, str(stores.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "1\n"
    # It holds the old file; nothing that must be written can be written before it ends.
    later = StoreFile(stores.path, patience=timedelta(seconds=0.2))
    with pytest.raises(Exception, match="has held the store"):
        rewrite(later, now=NOON)
    out, _ = reader.communicate("go\n")
    assert out.strip() == "300"
    assert rewrite(stores, now=NOON)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The folder `data`, on a disk of its own, of 4 MB."""
    folder = tmp_path / "data"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting a small disk needs root: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_the_old_store_and_says_what_is_still_to_do(
    gaung: Gaung, small_disk: Path
) -> None:
    stores = StoreFile(small_disk / "gaung.duckdb")
    filled(stores, 50)
    code, _, err = gaung("erase", make_post(1).author_key, "--yes")
    told = " ".join(err.split())
    assert code == 1
    assert "it is out of the store, but traces are left in free blocks of its file" in told
    assert "disk is full" in told
    assert "run `gaung purge`" in told
    assert files(stores.path) == ["gaung.duckdb"]
    with stores.open(read_only=True) as store:
        assert 0 < store.count_posts() < 50
        assert store.privacy.rewriting().is_wanted
    remount = ["mount", "-o", "remount,size=40m", str(small_disk)]
    subprocess.run(remount, check=True)
    assert gaung("purge")[0] == 0
    with stores.open(read_only=True) as store:
        assert not store.privacy.rewriting().is_wanted
    assert texts_in(stores.path, range(1, 50, 7)) == 0


def test_a_purge_leaves_no_byte_of_what_was_old(gaung: Gaung, tmp_path: Path) -> None:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb")
    filled(stores, 120, age=400 * DAY)
    new = [make_post(n, text=f"{unique(n)} #AirBersih") for n in range(500, 520)]
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(posts=new), source=SOURCE, now=NOON + 10_000 * DAY)
    assert texts_in(stores.path, range(120)) == 120
    assert gaung("backup", "before.duckdb")[0] == 0
    code, out, _ = gaung("purge", "--older-than", "365d")
    assert (code, "120 posts" in out) == (0, True)
    assert "backups from before still hold it, the newest of them before.duckdb" in out
    assert gaung("backup", "after.duckdb")[0] == 0
    for path in (stores.path, tmp_path / "after.duckdb", unpacked(stores.path, tmp_path)):
        assert texts_in(path, range(120)) == 0, path
    assert texts_in(unpacked(tmp_path / "after.duckdb", tmp_path / "data"), range(500, 520)) == 20


@pytest.mark.parametrize("action", ["erase", "purge"])
def test_what_version_0_1_0_took_out_leaves_the_file_with_the_next_purge(
    gaung: Gaung, tmp_path: Path, action: str
) -> None:
    stores = StoreFile(tmp_path / "data" / "gaung.duckdb")
    filled(stores, 60)
    with stores.open() as store, store.transaction():
        for number in range(20):  # as it did: the rows go, and the log has a line
            key = make_post(number).post_key
            store.database.run("delete from posts where post_key = $key", key=key)
        store.privacy.note(action, "an account", who="ana", now=NOON)
    assert texts_in(stores.path, range(20)) == 20
    assert gaung("purge")[0] == 0
    assert texts_in(stores.path, range(20)) == 0
    assert texts_in(unpacked(stores.path, tmp_path), range(20, 60)) == 40
    with stores.open(read_only=True) as store:
        assert not store.privacy.rewriting().is_wanted


def test_what_its_platform_took_away_leaves_the_file_within_a_day(
    stores: StoreFile, tmp_path: Path
) -> None:
    import tomllib

    from monitor.config import parse
    from monitor.turn import tidy_up

    filled(stores, 40)
    app = build(parse(tomllib.loads("[store]\npath = 'x'\n"), name="test"))
    app = type(app)(config=app.config, stores=stores)
    tidy_up(app, now=NOON)
    gone = [
        Removal(kind="post", key=make_post(n).post_key, reason="deleted", removed_at=NOON)
        for n in range(10)
    ]
    with stores.open() as store, store.transaction():
        store.posts.add(page_of(removals=gone), source=SOURCE, now=NOON + HOUR)
    assert texts_in(stores.path, range(10)) == 10
    tidy_up(app, now=NOON + 2 * HOUR)
    assert texts_in(stores.path, range(10)) == 0
    assert texts_in(unpacked(stores.path, tmp_path), range(10, 40)) == 30
    written = stores.path.stat().st_ino
    tidy_up(app, now=NOON + 30 * HOUR)  # nothing has gone since
    assert stores.path.stat().st_ino == written


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (Rewriting(), False),
        (Rewriting(wanted_at=NOON), True),
        (Rewriting(wanted_at=NOON, tried_at=NOON - HOUR), False),
        (Rewriting(wanted_at=NOON, tried_at=NOON - 25 * HOUR), True),
        (Rewriting(wanted_at=NOON, tried_at=NOON + 300 * DAY), True),  # the clock was wrong
        (Rewriting(removed_at=NOON - HOUR), True),
        (Rewriting(removed_at=NOON - HOUR, done_at=NOON), False),
        (Rewriting(removed_at=NOON - HOUR, done_at=NOON - DAY, tried_at=NOON - DAY), True),
    ],
)
def test_the_daemon_rewrites_once_a_day_and_only_if_there_is_something(
    known: Rewriting, due: bool
) -> None:
    assert known.is_due(now=NOON) is due


def test_a_store_that_this_process_keeps_open_is_left_alone(stores: StoreFile) -> None:
    filled(stores, 3)
    with stores.kept_open():
        assert rewrite(stores, now=NOON) is None
    assert files(stores.path) == ["gaung.duckdb"]
