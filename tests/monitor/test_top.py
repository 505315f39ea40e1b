"""`gaung top`: how things stand, beside a running daemon, on any width of terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from datetime import timedelta
from fcntl import ioctl

import pytest
from rich.console import Console

from analysis.findings import Finding, FindingKind
from monitor import config
from monitor.cli import top_picture
from monitor.live import live
from monitor.wiring import App
from tests.builders import HOUR, NOON, SOURCE, ListedSource, make_post
from tests.monitor.test_pauses import turn

AIR = {"name": "air", "hashtags": ["#AirBersih"], "sources": ["mastodon"]}
HELD = {"name": "pilkada-jawa-barat-2026", "hashtags": ["Pilkada"], "paused": True}


@pytest.fixture
def app(stores):
    made = App(config=config.parse({"watches": [AIR, HELD]}, name="c"), stores=stores)
    posts = [make_post(n, created_at=NOON - n * timedelta(minutes=20)) for n in range(1, 60)]
    turn(made, ListedSource(posts), NOON)
    burst = Finding(
        watch="air", kind=FindingKind.BURST, subject="", from_at=NOON - HOUR, to_at=None,
        score=9.0, evidence={"posts": 3, "expected": 0.5},
    )  # fmt: skip
    over = Finding(
        watch="air", kind=FindingKind.BURST, subject="", from_at=NOON - 9 * HOUR,
        to_at=NOON - 8 * HOUR, score=99.0, evidence={},
    )  # fmt: skip
    with stores.open() as store:
        for one in (burst, over):
            store.findings.save(one, now=NOON)
    return made


def drawn(told, width, monkeypatch):
    """Give the picture as a terminal of that width shows it."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(width))
    out = Console(file=io.StringIO(), width=width, force_terminal=True, no_color=True)
    out.print(top_picture.picture(told))
    return re.sub(r"\x1b\[[0-9;]*m", "", out.file.getvalue())


def test_volumes_bursts_and_sources_are_those_of_the_store(app):
    told = live(app, now=NOON + timedelta(minutes=4))
    air, held = told.watches
    assert (air.hour_posts, air.day_posts, len(air.hours)) == (3, 59, 24)
    assert air.coverage == 1.0
    assert (held.paused, held.hour_posts, held.day_posts) == (True, None, None)
    assert [(one.watch, one.since, one.posts) for one in told.bursts] == [("air", NOON - HOUR, 3)]
    (source,) = told.sources
    assert (source.source, source.verdict, source.open_gaps) == (SOURCE, "complete", 0)
    assert source.next_at == NOON + timedelta(minutes=10)


def test_what_nobody_looked_at_is_unknown_and_not_zero(app):
    told = live(app, now=NOON + 30 * HOUR)
    assert told.watches[0].hour_posts is None
    assert told.watches[0].day_posts is None
    assert all(hour.posts is None for hour in told.watches[0].hours)


def test_without_a_store_there_are_watches_and_nothing_else(stores):
    told = live(App(config=config.parse({"watches": [AIR]}, name="c"), stores=stores), now=NOON)
    assert (told.posts, told.bursts, told.sources) == (None, [], [])
    assert told.watches[0].hour_posts is None
    assert not stores.path.exists()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_picture_fits_the_width_and_keeps_what_matters(app, width, monkeypatch):
    shown = drawn(live(app, now=NOON + timedelta(minutes=4)), width, monkeypatch)
    lines = shown.splitlines()
    assert max(len(line) for line in lines) <= width
    assert "last hour" in shown
    assert "air" in shown
    if width >= 80:
        assert "▁" in shown or "█" in shown
    if width >= 80:
        assert "BURST" in shown
        assert "paused" in shown


def test_one_picture_is_printed_where_no_terminal_is(gaung):
    gaung("init")
    code, out, err = gaung("top")
    assert (code, err) == (0, "")
    assert "contoh" in out
    assert "\x1b" not in out
    assert json.loads(gaung("top", "--json")[1])["schema"] == "gaung.top/1"
    assert gaung("top", "--once")[1].splitlines()[2:5] == out.splitlines()[2:5]


@pytest.mark.parametrize("end", [b"q", signal.SIGINT], ids=["q", "Ctrl-C"])
def test_it_refreshes_and_leaves_the_terminal_as_it_was(tmp_path, end):
    (tmp_path / "config.toml").write_text('[[watches]]\nname = "air"\nhashtags = ["x"]\n')
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "top", "--every", "1"],
        cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        said = _until(ours, "Watches", times=2)
        assert said.count("Watches") >= 2  # drawn again by itself
        if isinstance(end, bytes):
            os.write(ours, end)
        else:
            process.send_signal(end)
        said += _until(ours, "\x1b[?1049l")
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
    assert "\x1b[?1049l" in said  # the other screen is left,
    assert "\x1b[?25h" in said  # the cursor is shown,
    assert "Traceback" not in said
    assert termios.tcgetattr(theirs) == before  # and keys are read as before
    os.close(ours)
    os.close(theirs)


def _until(terminal, words, *, times=1, seconds=30.0):
    said, end = "", time.monotonic() + seconds
    while said.count(words) < times and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            said += os.read(terminal, 65536).decode(errors="replace")
    return said
