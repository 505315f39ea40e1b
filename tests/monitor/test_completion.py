"""Words that a real shell finishes with Tab."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.store import StoreFile
from monitor.store.outbox import short_name
from tests.monitor.payloads.mail_server import NOON, make_letter

CONFIG = """\
[[watches]]
name = "air-bersih"
hashtags = ["AirBersih", "#KrisisAir"]
[[watches]]
name = "pilkada"
hashtags = ["Pilkada"]
"""
BIN = Path(sys.executable).parent
ASK = """
eval "$(gaung completion bash)"
COMP_WORDS=("${@}"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_gaung_completion gaung
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def environment():
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def tab(place):
    """What bash offers after these words, the last of which is being typed."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")

    def ask(*words):
        done = subprocess.run(
            [bash, "--norc", "-c", ASK, "ask", "gaung", *words],
            cwd=place,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        # `compopt` only works while Tab is really pressed.
        errors = [line for line in done.stderr.splitlines() if "compopt" not in line]
        assert errors == []
        return [line for line in done.stdout.split("\n") if line]

    return ask


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["stat"], ["status"]),
        (["watch", "p"], ["pause"]),
        (["watch", "pause", ""], ["air-bersih", "pilkada"]),
        (["report", "air"], ["air-bersih"]),
        (["report", '"#Air'], ["#AirBersih"]),
        (["report", "'#Air"], ["#AirBersih"]),
        (["report", "#air"], ["\\#AirBersih"]),
        (["report", "\\#Kr"], ["\\#KrisisAir"]),
        (["report", "air-bersih", "--form"], ["--format"]),
        (["report", "air-bersih", "--format", "js"], ["json"]),
        (["import", "--format", "tw"], ["twitter-v1", "twitter-v2", "tweet-harvest"]),
        (["import", "--map", "post"], ["post_id="]),
        (["import", "--platform", "blue"], ["bluesky"]),
        (["report", "air-bersih", "--engine", "p"], ["polars"]),
        (["report", "air-bersih", "--compare", "prev"], ["previous"]),
        (["coordination", "air-bersih", "--within", "a"], ["auto"]),
        (["backtest", "air-bersih", "--sensitivity", "b"], ["balanced"]),
        (["export", "x.csv", "--format", "c"], ["coortweet", "cnt"]),
        (["findings", "--watch", "pil"], ["pilkada"]),
        (["watch", "add", "x", "y", "--source", "mast"], ["mastodon"]),
        (["import", "x.csv", "--hashtag", "kris"], ["KrisisAir"]),
        (["import", "x.csv", "--zone", "asia/jak"], ["Asia/Jakarta"]),
    ],
)
def test_bash_finishes_a_word(tab, words, offered):
    assert tab(*words) == offered


def test_all_commands_are_offered(tab):
    from monitor.cli import COMMANDS

    assert tab("") == list(COMMANDS)


def test_hashtags_of_the_store_come_after_those_of_watches(tab, place, gaung):
    rows = "\n".join(f"2025-02-22T15:00:00Z,a,kabar #airterjun #airport,{n}" for n in range(3))
    (place / "p.csv").write_text(f"created_at,author,text,id\n{rows}\n")
    assert gaung("import", "p.csv")[0] == 0
    assert tab("report", '"#air') == ["#AirBersih", "#airport", "#airterjun"]


def test_a_store_that_is_held_broken_or_old_is_no_error(tab, place):
    from monitor.store import StoreFile

    stores = StoreFile(place / "data" / "gaung.duckdb")
    with stores.open():
        assert tab("report", '"#Air') == ["#AirBersih"]
    stores.path.write_bytes(b"no database")
    assert tab("report", '"#Air') == ["#AirBersih"]
    (place / "config.toml").write_text("watches = 3")
    assert tab("report", '"#Air') == []
    (place / "config.toml").write_text("not toml [")
    assert tab("report", "") == []


def test_a_store_is_not_made_by_looking_for_hashtags(tab, place):
    assert tab("report", '"#Kr') == ["#KrisisAir"]
    assert sorted(one.name for one in place.iterdir()) == ["config.toml"]


def test_tab_in_an_interactive_bash_writes_the_word(place):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover
        os.chdir(place)
        seen = environment() | {"TERM": "dumb", "PS1": "> "}
        os.execve(bash, ["bash", "--norc", "-i"], seen)  # noqa: S606
    try:
        os.write(terminal, b'eval "$(gaung completion bash)"; echo re""ady\n')
        _until(terminal, "ready\r\n")
        os.write(terminal, b'gaung report "#Kris\t')
        assert "#KrisisAir" in _until(terminal, "#KrisisAir")
    finally:
        os.close(terminal)
        os.kill(child, 9)
        os.waitpid(child, 0)


def _until(terminal, words, *, seconds=30.0):
    said, end = "", time.monotonic() + seconds
    while words not in said and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            said += os.read(terminal, 4096).decode(errors="replace")
    return said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_its_shell_can_read(gaung, shell, tmp_path):
    code, out, err = gaung("completion", shell)
    assert (code, err) == (0, "")
    assert "gaung" in out
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "script").write_text(out)
    subprocess.run([program, "-n", str(tmp_path / "script")], check=True, timeout=30)


def test_fish_finishes_watches_and_hashtags(place):
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("fish is not installed")
    asked = 'gaung completion fish | source; complete -C "gaung report air"'
    done = subprocess.run(
        [fish, "--no-config", "-c", asked],
        cwd=place,
        env=environment() | {"HOME": str(place)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split("\t")[0] == "air-bersih"


def test_letters_are_offered_by_their_names(place, tab):
    letter = make_letter("penuh")
    with StoreFile(place / "data/gaung.duckdb").open() as store:
        store.outbox.enqueue(letter, now=NOON)
    assert tab("outbox", "re") == ["retry"]
    assert tab("outbox", "retry", "") == [short_name(letter.key)]
    assert tab("outbox", "drop", short_name(letter.key)[:2]) == [short_name(letter.key)]
