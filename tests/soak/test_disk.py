"""A full disk, a disk that cannot be written, and files that are not ours to use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.soak.processes import Place, Server, one_line
from tests.soak.test_sharing import write_harvest

pytestmark = pytest.mark.soak

_ROWS = 60_000


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting a small disk needs root: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, of 12 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_import_on_a_full_disk_says_so_and_completes_once_there_is_room(
    place: Place, disk: Path
) -> None:
    place.store_path = disk / "gaung.duckdb"
    place.configure(None)
    harvest = place.folder / "harvest.csv"
    write_harvest(harvest, _ROWS)
    for _ in range(2):  # the second try finds what the first has left behind
        line = one_line(place.gaung("import", str(harvest)))
        assert "disk is full" in line
        assert "make room" in line
    _mount("-o", "remount,size=200m", str(disk))
    assert place.gaung("status").returncode == 1  # no daemon runs; but the store can be read
    done = place.gaung("import", str(harvest))
    assert done.returncode == 0, done.stderr
    with place.store() as store:
        posts = store.database.value("select count(*) from posts")
        new = store.database.value("select sum(new) from runs")
    assert posts == new == _ROWS


def test_the_daemon_outlives_a_full_disk(
    place: Place, serving: Callable[[int], Server], disk: Path
) -> None:
    server = serving(200)
    place.store_path = disk / "gaung.duckdb"
    place.configure(server)
    assert place.gaung("once").returncode == 0
    place.let_a_minute_pass()
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65_536))
        except OSError:
            pass
    server.behave(publish=100)
    daemon = place.daemon()
    daemon.wait_for("disk is full", seconds=40)
    assert daemon.process.poll() is None
    filler.unlink()
    daemon.wait_for("task=poll", seconds=80)
    assert "Traceback" not in daemon.log()
    assert daemon.stop()[0] == 0
    assert set(place.post_keys()) == server.post_keys()
    with place.store() as store:
        assert store.coverage.open_gaps() == []


def test_a_folder_that_cannot_be_written_is_named(place: Place, disk: Path) -> None:
    place.store_path = disk / "data" / "gaung.duckdb"
    place.configure(None)
    harvest = place.folder / "harvest.csv"
    write_harvest(harvest, 100)
    _mount("-o", "remount,ro", str(disk))
    line = one_line(place.gaung("import", str(harvest)))
    assert str(disk / "data") in line
    assert "store.path" in line


def test_a_store_on_a_disk_that_became_read_only_can_be_read_and_says_why_not_written(
    place: Place, disk: Path
) -> None:
    place.store_path = disk / "gaung.duckdb"
    place.configure(None)
    harvest = place.folder / "harvest.csv"
    write_harvest(harvest, 100)
    assert place.gaung("import", str(harvest)).returncode == 0
    _mount("-o", "remount,ro", str(disk))
    line = one_line(place.gaung("import", str(harvest)))
    assert str(disk) in line
    assert "permissions" in line or "read-only" in line
    report = place.gaung("report", "#SoalAir", "--format", "json")
    assert report.returncode == 0, report.stderr


def test_a_report_names_the_process_that_holds_the_store_for_too_long(place: Place) -> None:
    place.configure(None, patience="1s")
    with place.store():
        pass
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); "
            "sys.stdin.read()",
            str(place.store_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        line = one_line(place.gaung("report", "#SoalAir"))
    finally:
        holder.communicate()
    assert str(holder.pid) in line
    assert "1 s" in line


def test_a_store_of_a_newer_version_is_left_alone(place: Place) -> None:
    place.configure(None)
    with place.store() as store:
        store.database.run("insert into migrations values (9999, '9999_future.sql')")
    before = place.store_path.read_bytes()
    for command in (["report", "#SoalAir"], ["status"], ["once"]):
        line = one_line(place.gaung(*command))
        assert "newer gaung" in line
        assert "9999" in line
    assert place.store_path.read_bytes() == before
