"""A daemon whose clock is set back, and one whose store is taken away."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak.processes import Place, Server

pytestmark = pytest.mark.soak

# The program on a machine whose clock is wrong by what a file says, in seconds; only the clock that
# never goes back is right.
_WRONG = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apscheduler.schedulers.base
import apscheduler.triggers.interval

wrong = Path(sys.argv.pop(1))

class Wrong(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(seconds=float(wrong.read_text()))

apscheduler.schedulers.base.datetime = apscheduler.triggers.interval.datetime = Wrong
from monitor import clock
clock.now = lambda: Wrong.now(UTC)
from monitor.cli import main
sys.exit(main())
"""


@pytest.fixture
def wrong(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the clock is wrong by."""
    file = tmp_path / "wrong"
    file.write_text("0")

    def command(self: Place, *arguments: str) -> list[str]:
        return [sys.executable, "-c", _WRONG, str(file), "--config", str(self.config), *arguments]

    monkeypatch.setattr(Place, "command", command)
    return file


@pytest.mark.parametrize("hours", [7, 48])
def test_a_daemon_goes_on_when_its_clock_is_set_back(
    place: Place, serving: Callable[[int], Server], wrong: Path, hours: int
) -> None:
    server = serving(20)
    place.configure(server)
    wrong.write_text(str(hours * 3600))
    daemon = place.daemon()
    daemon.wait_for("task=poll")
    server.behave(publish=5)
    wrong.write_text("0")
    daemon.wait_for("the clock was set back", seconds=15)
    daemon.wait_for("task=poll", times=2, seconds=30)  # at once, and not in seven hours
    log = daemon.wait_for("a clock was ahead", seconds=5)
    assert "skipped" not in log
    assert set(place.post_keys()) == server.post_keys()
    status = place.gaung("status")
    assert status.returncode == 0, status.stdout
    assert daemon.stop()[0] == 0


def test_a_daemon_whose_folder_is_taken_away_ends_and_says_so(
    place: Place, serving: Callable[[int], Server]
) -> None:
    server = serving(20)
    place.configure(server)
    daemon = place.daemon()
    daemon.wait_for("task=poll")
    shutil.rmtree(place.store_path.parent)
    assert daemon.process.wait(timeout=30) == 1
    assert "was taken away or exchanged while the daemon ran" in daemon.log()
    assert not place.store_path.exists()  # no empty one stands in its place
