"""A damaged store is told in one line that names the file and the remedy, whoever comes upon it."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from collectors.page import page_of
from monitor.errors import StoreDamagedError
from monitor.store import StoreFile
from monitor.store.backup import backup
from tests.builders import NOON, SOURCE, make_author, make_post, make_repost

pytestmark = pytest.mark.soak  # real processes, or many commands: too long for each change

Gaung = Callable[..., tuple[int, str, str]]
# The file begins with three headers of 4 KiB; blocks of 256 KiB follow.
_HEADERS = 3 * 4096
_DIES_WITH_A_LOG = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1], config={"wal_autocheckpoint": "256MB"})
for number in range(5):
    connection.execute(
        "insert into meta select $1 || '/' || i, repeat('nilai ', 40) from range(200) r(i)",
        [number],
    )
os._exit(0)
"""
_COMMANDS = (
    ("report", "#airbersih"),
    ("sql", "select count(text), count(url), count(account) from posts"),
    ("export", "lake"),
    ("backup", "copy.duckdb"),
    ("check",),
    ("erase", "@warga1@contoh.example", "--yes"),
    ("purge", "--older-than", "1d"),
)


_CONFIG = """
[[watches]]
name = "air"
hashtags = ["airbersih"]
sources = ["mastodon"]
[collectors.mastodon]
servers = ["http://127.0.0.1:9"]
"""


def filled(path: Path, count: int = 3_000) -> None:
    posts = [make_post(n, text=f"{random.Random(n).random()} #AirBersih") for n in range(count)]
    page = page_of(
        posts=posts,
        authors=[make_author(f"mastodon:@w{n}@b.example", handle=f"w{n}") for n in range(500)],
        interactions=[make_repost(f"mastodon:@w{n}@b.example") for n in range(500)],
    )
    with StoreFile(path).open() as store, store.transaction():
        store.posts.add(page, source=SOURCE, now=NOON)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 0xFF]))


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Read all tables by DuckDB itself."""
    with duckdb.connect(path, read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables()").fetchall()
        return {
            name: connection.execute(
                f'select md5(cast(t as text)) as row from "{name}" t order by row'  # noqa: S608
            ).fetchall()
            for (name,) in names
        }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "gaung.duckdb"
    filled(path)
    return path


def a_store(folder: Path, whole: Path) -> Path:
    """Put a copy of a whole store where `gaung` looks for it."""
    (folder / "config.toml").write_text(_CONFIG)
    path = folder / "data" / "gaung.duckdb"
    path.parent.mkdir()
    shutil.copyfile(whole, path)
    return path


def text_block(path: Path) -> int:
    """Return where in the file texts of posts lie."""
    with duckdb.connect(path, read_only=True) as connection:
        ((block,),) = connection.execute(
            "select max(block_id) from pragma_storage_info('posts') "
            "where column_name = 'text' and block_id >= 0"
        ).fetchall()
    return int(_HEADERS + block * 262_144)


def test_a_backup_is_sound_or_there_is_none_wherever_a_byte_is_flipped(
    whole: Path, tmp_path: Path
) -> None:
    expected = contents(whole)
    chance, refused = random.Random(3), 0
    size = whole.stat().st_size
    older = tmp_path / "older.duckdb"
    older.write_bytes(b"an older backup")
    for number in range(24):
        path, target = tmp_path / f"{number}.duckdb", tmp_path / f"copy-{number}.duckdb"
        shutil.copyfile(whole, path)
        flip(path, chance.randrange(_HEADERS, size))
        said = None
        try:
            backup(StoreFile(path), target)
        except StoreDamagedError as error:
            said = str(error)
        if said is None:
            assert contents(target) == expected
        else:
            refused += 1
            assert str(path) in said
            assert "Restore" in said
            assert not target.exists()
        path.unlink()
    assert refused >= 3
    assert older.read_bytes() == b"an older backup"
    assert not list(tmp_path.glob(".*"))


def found_by_index(path: Path) -> None:
    """Look for all keys by the index of each table that has one of one column."""
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("set index_scan_percentage = 1")
        for table, key in (("posts", "post_key"), ("authors", "author_key")):
            column = f"select min({key}) from {table}"  # noqa: S608
            ((least,),) = connection.execute(column).fetchall()
            asked = f"select count(*) from {table} where {key} > $1"  # noqa: S608
            connection.execute(asked, [least]).fetchall()


def test_no_block_that_a_reader_needs_is_left_out(whole: Path, tmp_path: Path) -> None:
    path, found = tmp_path / "one.duckdb", 0
    for block in range((whole.stat().st_size - _HEADERS) // 262_144):
        shutil.copyfile(whole, path)
        flip(path, _HEADERS + block * 262_144 + 20_000)
        try:
            contents(path)
            found_by_index(path)
        except duckdb.Error:
            found += 1
            with pytest.raises(StoreDamagedError):
                backup(StoreFile(path), tmp_path / "copy.duckdb")
    assert found >= 4


def test_whoever_writes_is_told_of_damage_and_of_nothing_that_follows_from_it(
    whole: Path, tmp_path: Path
) -> None:
    path, found = tmp_path / "one.duckdb", 0
    again = page_of(posts=[make_post(n) for n in range(0, 3_000, 500)])
    for block in range((whole.stat().st_size - _HEADERS) // 262_144):
        shutil.copyfile(whole, path)
        flip(path, _HEADERS + block * 262_144 + 20_000)
        path.with_name("one.duckdb.wal").unlink(missing_ok=True)
        try:
            with StoreFile(path).open() as store, store.transaction():
                store.posts.add(again, source="mastodon/lain.example", now=NOON)
        except StoreDamagedError:
            found += 1
    assert found >= 1


@pytest.mark.parametrize("command", _COMMANDS, ids=lambda command: command[0])
def test_every_command_tells_of_damage_in_one_line(
    gaung: Gaung, tmp_path: Path, whole: Path, command: tuple[str, ...]
) -> None:
    path = a_store(tmp_path, whole)
    at = text_block(path)
    flip(path, at + 1_000)
    code, out, err = gaung(*command)
    assert code == 1, out + err
    told = " ".join((out if command[0] == "check" else err).split())
    assert told.count("the store is damaged") == 1, told
    assert (
        f"gaung.duckdb: the store is damaged (a block does not match its checksum, at byte {at:,})"
        in told
    )
    assert "restore the newest sound backup" in told
    assert not (tmp_path / "copy.duckdb").exists()


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3)


def zeroed(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(text_block(path))
        file.write(b"\0" * 262_144)


@pytest.mark.parametrize(
    "harm", [lambda path: flip(path, 40), cut, zeroed], ids=["header", "cut off", "zeroed block"]
)
@pytest.mark.parametrize("command", [("report", "all"), ("backup", "copy.duckdb"), ("check",)])
def test_other_damage_is_told_alike(
    gaung: Gaung,
    tmp_path: Path,
    whole: Path,
    harm: Callable[[Path], None],
    command: tuple[str, ...],
) -> None:
    path = a_store(tmp_path, whole)
    harm(path)
    code, out, err = gaung(*command)
    assert code == 1
    told = " ".join((out + err).split())
    assert "data/gaung.duckdb: the store is damaged (" in told
    assert "restore the newest sound backup" in told
    assert not (tmp_path / "copy.duckdb").exists()


def test_a_damaged_log_is_told_from_a_damaged_file_and_its_remedy_works(
    gaung: Gaung, tmp_path: Path, whole: Path
) -> None:
    path = a_store(tmp_path, whole)
    subprocess.run([sys.executable, "-c", _DIES_WITH_A_LOG, str(path)], check=True)
    log = path.with_name("gaung.duckdb.wal")
    flip(log, log.stat().st_size // 2)
    for command in (("report", "all"), ("backup", "copy.duckdb"), ("purge", "--older-than", "9d")):
        code, _, err = gaung(*command)
        told = " ".join(err.split())
        assert code == 1
        assert "data/gaung.duckdb.wal: the log beside the store is damaged" in told
        assert f"`mv {log} {log}.damaged`" in told
    log.rename(log.with_name("gaung.duckdb.wal.damaged"))
    assert gaung("backup", "copy.duckdb")[0] == 0
    assert len(contents(tmp_path / "copy.duckdb")["posts"]) == 3_000


def test_what_was_backed_up_before_the_damage_is_restored_whole(
    gaung: Gaung, tmp_path: Path, whole: Path
) -> None:
    path = a_store(tmp_path, whole)
    expected = contents(path)
    assert gaung("backup", "good.duckdb")[0] == 0
    flip(path, text_block(path) + 5)
    assert gaung("backup", "bad.duckdb")[0] == 1
    shutil.copyfile(tmp_path / "good.duckdb", path)
    assert gaung("report", "all")[0] == 0
    assert contents(path)["posts"] == expected["posts"]
