"""--engine: every analysis command takes it, and tells the same with each."""

from __future__ import annotations

import json
import math

import pytest

from monitor.coordination import stored

FILE = "posts.csv"
COMMANDS = {
    "coordination": ("coordination", "--input", FILE, "--format", "json"),
    "report": ("report", "--input", FILE, "--format", "json"),
    "indicators": ("indicators", "--input", FILE, "--format", "json"),
    "genesis": ("genesis", "--input", FILE, "--format", "json"),
    **{
        f"graph {kind}": ("graph", "--input", FILE, "--kind", kind, "-o", "graph.json")
        for kind in ("amplification", "coordination", "hashtags", "links")
    },
}
BESIDE = {"generated_at", "engine"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a campaign: five accounts that pass on the same posts within seconds."""
    monkeypatch.chdir(tmp_path)
    rows = ["created_at,author,author_id,text,id,retweeted_id,retweeted_user"]
    number = 0
    for n in range(900):
        number += 1
        at = f"2025-02-{1 + n % 6:02d}T{n % 24:02d}:{n * 7 % 60:02d}:{n * 13 % 60:02d}Z"
        rows.append(
            f"{at},warga{n % 120},{n % 120},kabar {n} #Air #Kota{n % 4} https://x.example/{n % 41},"
            f"{number},{1 + n * 11 % 80 if n % 3 == 0 else ''},"
            f"{'warga' + str(n % 9) if n % 3 == 0 else ''}"
        )
    for post in range(1, 31):
        for member in range(5):
            number += 1
            at = f"2025-02-{1 + post % 6:02d}T{post % 24:02d}:{post:02d}:{10 + member * 3:02d}Z"
            rows.append(f"{at},akun{member},9{member},RT @warga{post}: kabar #Air,{number},{post},"
                        f"warga{post % 9}")  # fmt: skip
    (tmp_path / FILE).write_text("\n".join(rows))
    return tmp_path


def same(one, other, at=""):
    """Hold two answers against each other; sums of fractions may differ in their last digits."""
    assert type(one) is type(other), at
    if isinstance(one, dict):
        assert one.keys() == other.keys(), at
        for key in one.keys() - BESIDE:
            same(one[key], other[key], f"{at}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), at
        for place, pair in enumerate(zip(one, other, strict=True)):
            same(*pair, f"{at}[{place}]")
    elif isinstance(one, float):
        assert math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9), at
    else:
        assert one == other, at


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
def test_duckdb_and_polars_tell_the_same(gaung, place, name):
    told = []
    for engine in ("duckdb", "polars"):
        code, out, err = gaung(*COMMANDS[name], "--engine", engine)
        assert code == 0, err
        text = (place / "graph.json").read_text() if name.startswith("graph") else out
        told.append(json.loads(text))
    same(*told)


@pytest.mark.long
def test_who_names_an_engine_waits_for_groups_in_any_number_of_posts(gaung, place, monkeypatch):
    monkeypatch.setitem(stored.looked.__kwdefaults__, "most", 10)
    alone = json.loads(gaung(*COMMANDS["report"])[1])
    asked = json.loads(gaung(*COMMANDS["report"], "--engine", "duckdb")[1])
    assert alone["coordination"] == []
    assert "not computed" in alone["coordination_note"]
    assert [group["accounts"] for group in asked["coordination"]] == [5]


def test_a_backtest_says_why_it_takes_none(gaung, place):
    code, _, err = gaung("backtest", "--input", FILE, "--engine", "polars")
    assert code == 2
    assert "no step for another engine" in err


def test_a_limit_that_nothing_would_keep_is_refused(gaung, place):
    asked = ("coordination", "--input", FILE, "--engine", "polars", "--memory-limit", "1GB")
    code, _, err = gaung(*asked)
    assert code == 2
    assert "Polars holds all in memory" in err


def test_an_engine_that_is_unknown_names_the_nearest(gaung, place):
    code, _, err = gaung("genesis", "--input", FILE, "--engine", "duckbd")
    assert code == 2
    assert "did you mean 'duckdb'?" in err
