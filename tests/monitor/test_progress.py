"""How far a command is: what bars say, and that they stand on a terminal only."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

import pytest

from analysis.graphs.traces import TRACE_NAMES
from monitor.cli import progress as bars
from monitor.cli.progress import Outlook, Progress, Step, outlook
from monitor.cli.searching import SEARCH, Search
from monitor.coordination import Asked, coordinated
from monitor.engines import engine_of
from monitor.inputs.files import FileInput
from monitor.inputs.input import Wanted
from monitor.inputs.reading import Read

READ, TELL = Step("read", "reading posts", reads=True), Step("tell", "telling", 3.0)


@pytest.fixture
def passing(monkeypatch):
    """A clock that is moved by hand."""
    now = [100.0]
    monkeypatch.setattr("monitor.clock.monotonic", lambda: now[0])

    def wait(seconds):
        now[0] += seconds

    return wait


def test_a_step_that_counts_tells_rate_and_time_left(passing):
    told = Progress([READ])
    told.step("read")
    passing(4)
    told.read(Read(20_000, 100_000, "posts"))
    words, ahead, figures = told.picture()
    assert words == "reading posts"
    assert ahead == Outlook(share=0.2, left=16.0)
    assert figures == ["20k of 100k posts", "5.0k/s", "0:16 left"]


def test_between_two_tellings_the_time_left_runs_down_and_the_rate_stays(passing):
    told = Progress([READ])
    told.step("read")
    passing(10)
    told.read(Read(10_000, 40_000, "posts"))
    passing(5)
    assert told.picture()[2] == ["10k of 40k posts", "1.0k/s", "0:25 left"]


def test_who_is_asked_how_far_it_is_is_asked_at_each_look(passing):
    told, done = Progress([Step("copy", "copying")]), [0.0]
    with told.polling(lambda: done[0], 2_000_000, "bytes"):
        passing(5)
        done[0] = 500_000.0
        assert told.picture() == (
            "copying", Outlook(0.25, 15.0), ["500k of 2.0MB", "100kB/s", "0:15 left"]
        )  # fmt: skip
        done[0] = -1.0  # it does not know
        assert told.picture()[1] == Outlook(None, None)


def test_before_anything_is_told_there_is_no_bar_that_stands_at_zero(passing):
    told = Progress([READ])
    told.step("read", total=10, unit="posts")
    passing(9)
    assert told.picture() == ("reading posts", Outlook(None, None), ["0:09"])


def test_a_step_that_cannot_count_takes_its_share_of_what_the_others_took(passing):
    told = Progress([READ, TELL])
    told.step("read")
    passing(10)
    told.step("tell")
    passing(6)
    words, ahead, figures = told.picture()
    assert words == "2/2 telling"
    assert ahead == Outlook(share=0.4, left=24.0)
    assert figures == ["0:24 left"]


def test_where_nobody_can_know_the_time_that_has_passed_is_told(passing):
    told = Progress([Step("sql", "asking")])
    passing(75)
    assert told.picture() == ("asking", Outlook(None, None), ["1:15"])


def test_a_step_that_takes_longer_than_its_share_never_claims_to_be_over():
    late = outlook([1, 1, 2], 1, None, before=10, elapsed=500)
    assert late == Outlook(share=0.5, left=20.0)


def test_reading_again_for_another_step_does_not_move_the_bar(passing):
    told = Progress([READ, TELL])
    told.step("tell")
    told.read(Read(1, 2, "bytes"))
    assert told.picture()[2] == ["0:00"]


@pytest.mark.parametrize("scored", [True, False])
@pytest.mark.parametrize("kinds", [TRACE_NAMES, ("repost",)], ids=["all", "repost"])
def test_the_steps_of_a_search_are_about_as_many_as_the_bar_expects(tmp_path, scored, kinds):
    rows = [
        f"2025-02-{1 + n % 20:02d}T12:00:{n % 50:02d}Z,a{n % 40},kabar {n % 9} banjir kota hari ini"
        f" #Big #Air{n % 3} https://x.example/{n % 5},{n},{n % 7}"
        for n in range(600)
    ]
    file = tmp_path / "posts.csv"
    file.write_text("\n".join(["created_at,author,text,id,retweeted_id", *rows]))
    told = Progress(SEARCH)
    search = Search(told, scored=scored)
    asked, source = Asked(by=kinds, scored=scored), FileInput(file, Wanted("all", ()))
    seen = []
    engine = search.counted(engine_of("polars"))
    told.to = lambda done, total=None: seen.append((done, total))
    found = coordinated(source, asked, engine, on_kinds=search.on_kinds)
    assert not found.insufficient
    (expected,) = [total for _, total in seen if total]
    assert 0.8 * expected <= max(done for done, _ in seen) <= 1.1 * expected


def on_terminal(folder, *arguments, columns=100):
    """Run a command whose standard error is a terminal; give what is shown, and standard output."""
    leader, follower = pty.openpty()
    output = (folder / f"{arguments[0]}.out").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-c",
         "import monitor.cli.progress as p; p._SOON = 0.0\nimport monitor.cli; monitor.cli.main()",
         *arguments],
        cwd=folder, stdout=output, stderr=follower, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": str(columns),
             "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(follower)
    shown, end = b"", time.monotonic() + 120
    while time.monotonic() < end:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                part = os.read(leader, 65536)
            except OSError:  # all ends of it are closed
                break
            if not part:
                break
            shown += part
        elif process.poll() is not None:
            break
    code = process.wait(timeout=60)
    os.close(leader)
    with output:
        output.seek(0)
        return code, shown.decode(errors="replace"), output.read()


@pytest.fixture(scope="module")
def posts(tmp_path_factory):
    """A folder with a file that takes a second or two to look through."""
    folder = tmp_path_factory.mktemp("posts")
    with (folder / "posts.csv").open("w") as file:
        file.write("created_at,author,text,id,retweeted_id\n")
        for n in range(20_000):
            file.write(
                f"2025-02-{1 + n % 20:02d}T{n % 24:02d}:{n % 60:02d}:00Z,a{n % 300},"
                f"kabar {n % 900} @a{n % 30} #Big #Air{n % 9} https://x.example/{n % 50},{n},"
                f"{n % 70 if n % 3 else ''}\n"
            )
    return folder


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ("coordination", "--input", "posts.csv", "--format", "json"),
        ("genesis", "--input", "posts.csv", "--format", "json"),
        ("indicators", "--input", "posts.csv", "--format", "json"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_bar_stands_on_standard_error_alone_and_is_gone_when_done(posts, arguments):
    code, shown, out = on_terminal(posts, *arguments)
    assert code == 0, shown
    assert out.startswith("{")
    assert "\x1b" not in out
    assert "reading posts" in shown
    assert shown.rstrip().endswith("\x1b[2K"), shown[-200:]  # the line is wiped


@pytest.mark.long
def test_a_pipe_never_sees_a_bar(posts):
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "indicators", "--input", "posts.csv", "--format", "json"],
        cwd=posts, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.stderr == ""
    assert bars._SOON == 1.0
