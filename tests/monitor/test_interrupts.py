"""Ctrl-C anywhere: one line that says how to go on, exit code 130, and a store that is whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from monitor.store import StoreFile

ROWS = 120_000


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """A folder with a file that takes some seconds to read."""
    folder = tmp_path_factory.mktemp("big")
    with (folder / "big.csv").open("w") as file:
        file.write("created_at,author,text,id\n")
        for n in range(ROWS):
            day, who = 1 + n % 28, n * 7 % 3000
            file.write(
                f"2025-02-{day:02d}T{n % 24:02d}:{n % 60:02d}:00Z,a{who},"
                f"kabar {n} @a{n % 300} #Big https://x.example/{n % 50},{n}\n"
            )
    return folder


def start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def interrupted(process, *, after=0.0):
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    return process.returncode, err.strip()


def posts(folder):
    with StoreFile(folder / "data" / "gaung.duckdb").open(read_only=True) as store:
        return store.database.value("select count(*) from posts where captured_as = 'matched'")


def saved_some(folder):
    """Wait until an import has saved something, without keeping it from going on."""
    path = folder / "data" / "gaung.duckdb"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        wal = path.with_name(f"{path.name}.wal")
        if path.exists() and path.stat().st_size + (wal.exists() and wal.stat().st_size) > 2e6:
            return
        time.sleep(0.02)
    raise AssertionError("the import has saved nothing")


@pytest.mark.soak
def test_an_import_goes_on_where_it_was_interrupted_and_questions_end_at_once(big):
    for _ in range(3):  # it saves in few large pieces, and may be done before we see the first
        shutil.rmtree(big / "data", ignore_errors=True)
        process = start(big, "import", "big.csv")
        saved_some(big)
        code, err = interrupted(process)
        if code != 0:
            break
    assert code == 130
    assert err == ("gaung: interrupted; what was saved is complete: run the same command to go on")
    assert posts(big) < ROWS  # it was cut off
    again = start(big, "import", "big.csv")
    again.communicate(timeout=300)
    assert again.returncode == 0
    assert posts(big) == ROWS
    for arguments, after in (
        (("sql", "select count(*) from posts a, posts b where a.text < b.text"), 2.0),
        (("genesis", "#Big"), 1.5),
        (("report", "#Big"), 1.5),
        (("coordination", "#Big"), 1.5),
        (("export", "lake"), 1.0),
    ):
        process = start(big, *arguments)
        code, err = interrupted(process, after=after)
        assert "Traceback" not in err, arguments
        if code != 0:  # it was quicker than we
            assert code == 130, (arguments, err)
            assert err.count("\n") == 0, arguments
    assert posts(big) == ROWS
