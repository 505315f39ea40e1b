"""Commands get their turn while the daemon collects, and the daemon while they work."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.soak.processes import ROOT, Place, Server, wait_until
from tests.soak.server import SOAK_TAG

pytestmark = pytest.mark.soak


@pytest.fixture
def importing(place: Place) -> Iterator[Callable[[Path], subprocess.Popen[bytes]]]:
    """Start an import, and do not wait for it."""
    started: list[subprocess.Popen[bytes]] = []

    def start(path: Path) -> subprocess.Popen[bytes]:
        command = place.command("import", str(path))
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def write_harvest(path: Path, rows: int) -> None:
    """Write a CSV of tweet-harvest."""
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    lines = ["created_at,id_str,full_text,tweet_url,username,user_id_str,favorite_count"]
    for number in range(rows):
        at = (begin + timedelta(seconds=number)).strftime("%a %b %d %H:%M:%S +0000 %Y")
        name, native_id = f"akun{number % 500}", 1_900_000_000_000_000_000 + number
        lines.append(
            f"{at},{native_id},Air di gang {number} mati #{SOAK_TAG},"
            f"https://x.com/{name}/status/{native_id},{name},{900 + number % 500},{number % 9}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_report_status_and_import_get_their_turn_while_the_daemon_collects(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(1600)
    server.behave(delay=0.2)
    place.configure(server, collect={"max_pages": 100})
    harvest = place.folder / "harvest.csv"
    write_harvest(harvest, 60_000)
    daemon = place.daemon()
    wait_until(lambda: server.requests() > 3, seconds=20, what="pages")
    for _ in range(2):
        commands = [
            place.command("import", str(harvest)),
            place.command("report", f"#{SOAK_TAG}", "--format", "json"),
            place.command("status", "--json"),
        ]
        asked = server.requests()
        running = [
            subprocess.Popen(c, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for c in commands
        ]
        for command, process in zip(commands, running, strict=True):
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, (command, out, err)
            if "--format" in command:
                assert json.loads(out)["posts"] > 0
            elif "--json" in command:
                assert json.loads(out)["daemon"]["running"]
        assert server.requests() > asked  # it went on collecting meanwhile
    assert "task=poll" not in daemon.log(), "the poll ended too early for this test"
    log = daemon.wait_for("task=poll", seconds=60)
    assert "put off" not in log
    assert daemon.stop()[0] == 0
    stored = place.post_keys()
    assert len(stored) == len(set(stored)) == 1600 + 60_000
    assert server.post_keys() < set(stored)


def test_a_long_import_lets_an_impatient_command_have_its_turn(
    place: Place, importing: Callable[[Path], subprocess.Popen[bytes]]
) -> None:
    place.configure(None, patience="8s")
    harvest = place.folder / "harvest.csv"
    write_harvest(harvest, 300_000)
    process = importing(harvest)
    wait_until(place.store_path.exists, seconds=20, what="the store")
    status = place.gaung("status", "--json")
    assert "held" not in status.stderr, status.stderr
    assert json.loads(status.stdout)["posts"] < 300_000
    assert process.wait(timeout=60) == 0


def test_an_import_that_is_killed_goes_on_where_it_was_and_locks_nobody_out(
    place: Place, importing: Callable[[Path], subprocess.Popen[bytes]]
) -> None:
    place.configure(None)
    harvest = place.folder / "harvest.csv"
    write_harvest(harvest, 150_000)
    process = importing(harvest)
    wait_until(place.store_path.exists, seconds=20, what="the store")
    wait_until(lambda: _pages(place), seconds=20, what="the first page", every=0.0)
    process.kill()
    process.wait()
    before = len(place.post_keys())
    assert 0 < before < 150_000
    again = place.gaung("import", str(harvest))
    assert again.returncode == 0, again.stderr
    assert f"{150_000 - before:,} new, 0 updated" in again.stdout
    assert "imported before" not in again.stdout
    assert len(place.post_keys()) == 150_000
    assert "imported before" in place.gaung("import", str(harvest)).stdout


def _pages(place: Place) -> int:
    with place.store() as store:
        return int(store.database.value("select coalesce(max(pages), 0) from runs"))
