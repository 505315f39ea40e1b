"""What is printed fits its terminal, says gaps apart from zeros, and needs no colour."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from monitor.cli.bars import BURST, SHADE, Bar, chart, joined
from monitor.cli.tables import broken, fitted, table
from monitor.sparkline import GAP, sparkline

WORDS = st.text(alphabet="abc def日", min_size=1, max_size=40)


def on_terminal(folder, *arguments, width=80, environment=None):
    """Give what a terminal of a width would show, without its steering codes."""
    # Workers side by side name a width, which would count for more than the terminal's.
    plain = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES", "NO_COLOR"}}
    plain["PYTHONPATH"] = os.pathsep.join(sys.path)
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL,
        start_new_session=True, env=plain | {"TERM": "xterm"} | (environment or {}),
    )  # fmt: skip
    os.close(theirs)
    said, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            said += part
    process.wait(timeout=30)
    os.close(ours)
    return said.decode(errors="replace").replace("\r\n", "\n")


def bare(text):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A folder with posts of three days, a gap within, and long names."""
    folder = tmp_path_factory.mktemp("tables")
    rows = ["created_at,author,text,id"]
    for n in range(300):
        day = 22 + n // 100
        who = f"akun_dengan_nama_yang_panjang_sekali_{n % 7}"
        text = f'"kabar nomor {n} untuk @warga{n % 5} #AirBersih #kota{n % 3}"'
        rows.append(f"2025-02-{day}T{n % 10:02d}:{n % 60:02d}:00Z,{who},{text},{n}")
    (folder / "p.csv").write_text("\n".join(rows))
    (folder / "config.toml").write_text('[[watches]]\nname = "air"\nhashtags = ["AirBersih"]\n')
    subprocess.run(
        [sys.executable, "-m", "monitor", "import", "p.csv"],
        cwd=folder, check=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return folder


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "arguments",
    [("report", "#AirBersih"), ("status",), ("watch", "list"), ("indicators", "#AirBersih")],
    ids=lambda a: a[0],
)
def test_no_line_is_wider_than_the_terminal(filled, arguments, width):
    shown = bare(on_terminal(filled, *arguments, width=width))
    assert "Traceback" not in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= width


def test_a_report_on_a_terminal_has_a_chart_with_gaps_and_shares_in_per_cent(filled):
    shown = bare(on_terminal(filled, "report", "#AirBersih", width=100))
    assert re.search("[\u2801-\u28ff]", shown)
    assert f"{SHADE} gap: unknown, not zero" in shown
    assert re.search(r"\d %", shown)
    for machine_name in ("first_post_at", "mean_delay", "top_authors", "n_posts"):
        assert machine_name not in shown


def test_without_colours_the_same_is_told(filled):
    plain = on_terminal(filled, "report", "#AirBersih", environment={"NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", plain)
    assert bare(plain) == bare(on_terminal(filled, "report", "#AirBersih"))


def test_a_pager_is_used_only_when_asked_for(filled, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o700)
    environment = {"PAGER": str(pager)}
    assert "PAGED" not in on_terminal(filled, "status", environment=environment)
    shown = on_terminal(filled, "--pager", "status", environment=environment)
    assert shown.startswith("PAGED")
    assert "300 posts" in shown


def test_a_pager_that_is_left_early_is_no_error(filled, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nexit 0\n")
    pager.chmod(0o700)
    shown = on_terminal(
        filled, "--pager", "report", "#AirBersih", environment={"PAGER": str(pager)}
    )
    assert shown == ""


@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(0, 10**7).map(str)), min_size=1, max_size=5),
    st.integers(30, 200),
)
def test_columns_fit_and_numbers_are_never_cut(rows, room):
    columns = ("name", "why", "posts")
    fit = fitted(columns, rows, {2}, ("why",), ("why",), room)
    used = sum(fit.widths[i] for i in fit.kept) + 2 * (len(fit.kept) - 1)
    assert used <= room
    assert 0 in fit.kept
    if 2 in fit.kept:
        assert fit.widths[2] >= max(len(row[2]) for row in rows)
    out = Console(file=io.StringIO(), width=room, no_color=True)
    out.print(table(columns, rows, right=[2], drop=("why",), wrap=("why",), width=room))
    assert all(cell_len(line) <= room for line in out.file.getvalue().splitlines())


def test_what_there_is_no_room_for_is_said():
    out = Console(file=io.StringIO(), width=20, no_color=True)
    rows = [("a" * 14, "12345", "b" * 14)]
    out.print(table(("name", "posts", "more"), rows, right=[1], drop=("more",), width=22))
    assert "no room for: more" in " ".join(out.file.getvalue().split())


def test_a_gap_is_never_drawn_as_zero():
    assert sparkline([0, None, 8, None]) == f"▁{GAP}█{GAP}"
    assert sparkline([None, None]) == GAP * 2
    drawn = chart([Bar(4), Bar(4), Bar(None), Bar(None), Bar(0), Bar(0)], height=2)
    assert [line[1] for line in drawn] == [SHADE, SHADE]
    assert [line[2] for line in drawn] == [" ", " "]
    assert [line[0] for line in drawn] == ["⣿", "⣿"]


def test_a_burst_has_its_mark_and_one_post_is_seen_beside_thousands():
    drawn = chart([Bar(1), Bar(1), Bar(5000, 10.0, is_burst=True), Bar(5000)], height=4)
    assert drawn[-1] == f" {BURST}"
    assert drawn[-2][0] == "⣀"


@given(st.lists(st.one_of(st.none(), st.integers(0, 99)), max_size=60), st.integers(1, 30))
def test_joined_windows_keep_gaps_that_are_most_of_a_bar(counts, most):
    bars, each = joined([Bar(c) for c in counts], most)
    assert len(bars) <= most
    for number, bar in enumerate(bars):
        part = counts[number * each : (number + 1) * each]
        known = [c for c in part if c is not None]
        assert (bar.count is None) == (2 * len(known) < len(part))


def test_json_is_the_same_on_a_terminal(filled):
    told = json.loads(on_terminal(filled, "status", "--json"))
    assert told["posts"] == 300


def test_what_takes_longer_than_a_second_says_so_on_a_terminal_and_leaves_nothing(monkeypatch):
    from monitor.cli.progress import working

    class Screen(io.StringIO):
        def isatty(self):
            return True

    for seconds, said in ((0.0, False), (1.4, True)):
        screen = Screen()
        monkeypatch.setattr(sys, "stderr", screen)
        with working("counting"):
            time.sleep(seconds)
        assert ("counting 0:01" in screen.getvalue()) is said
        assert bare(screen.getvalue()).strip() == "" or said
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with working("counting"):
        time.sleep(1.2)
    assert sys.stderr.getvalue() == ""


def drawn(made, width):
    out = io.StringIO()
    Console(file=out, width=width).print(made)
    return out.getvalue()


def test_a_time_is_never_cut_and_its_zone_stands_in_the_head():
    rows = [("akun_dengan_nama_yang_panjang", "2026-08-27 19:00 WIB", "goes on"),
            ("akun_lain", "2026-08-27 20:00 WIB", "2026-08-27 21:00 WIB")]  # fmt: skip
    said = drawn(table(("account", "from", "to"), rows, width=50), 50)
    assert "from (WIB)" in said
    assert "to (WIB)" in said
    assert all(f"2026-08-27 {hour}:00" in said for hour in (19, 20, 21))
    assert "goes on" in said
    assert "00 WIB" not in said


def test_times_of_two_zones_keep_them():
    rows = [("a", "2026-08-27 19:00 WIB"), ("b", "2026-08-27 19:00 WITA")]
    said = drawn(table(("account", "from"), rows, width=50), 50)
    assert "19:00 WIB" in said
    assert "19:00 WITA" in said
    assert "from (" not in said


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=30))
def test_prose_breaks_between_words_and_loses_none(words):
    lines = broken("  " + " ".join(words), 30).split("\n")
    assert all(len(line) <= 30 for line in lines)
    assert " ".join(lines).split() == words
    assert all(line.startswith("    ") for line in lines[1:])


def test_a_column_with_some_times_among_other_texts_is_no_column_of_times():
    rows = [("since", "2026-08-27 19:00 WIB"), ("reading", "kata yang panjang sekali " * 4)]
    said = drawn(table(("what", "value"), rows, width=40), 40)
    assert "value" in said
    assert "2026-08-27 19:00 WIB" in said


@pytest.mark.parametrize("time", ["2026-08-25 00:16:05", "2026-08-25T00:16:05+07:00"])
def test_a_time_that_names_no_zone_is_not_cut_either(time):
    said = drawn(table(("at", "text"), [(time, "kata " * 20)], width=40), 40)
    assert time in said
    assert "at (" not in said
