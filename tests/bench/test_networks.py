"""What the comparison with other tools is made of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from bench.posts import written

ROOT = Path(__file__).parents[2]


def run(module: str, *arguments: object) -> str:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_networks_of_a_file_name_its_accounts(tmp_path: Path) -> None:
    """The planted groups that copy are the heaviest edges of the network of texts."""
    files = written(tmp_path, 20_000, seed=3)
    seconds = json.loads(run("bench.networks", files.csv, tmp_path, 60, 2, "repost", "text"))
    assert list(seconds) == ["read", "repost", "text", "names"]
    edges = pl.read_csv(tmp_path / "text.csv")
    group = dict(pl.read_csv(files.truth).select("user_id", "group").iter_rows())
    heaviest = edges.filter(pl.col("weight") > 8)
    assert heaviest.height > 100
    for source, target in heaviest.select("source", "target").iter_rows():
        assert group[source] == group[target]


def test_equal_tables_in_another_order_are_the_same_and_a_copy_more_is_not(tmp_path: Path) -> None:
    one, other, third = (tmp_path / f"{name}.csv" for name in ("one", "other", "third"))
    one.write_text("source,weight\na,1\nb,2\n")
    other.write_text("weight,source\n2,b\n1,a\n")
    third.write_text("source,weight\na,1\nb,2\nb,2\n")
    assert run("bench.same", one, other, "source", "weight").split() == ["2", "3", "0"]
    rows, total, differ = run("bench.same", one, third, "source", "weight").split()
    assert (rows, total) == ("2", "3")
    assert int(differ) > 0
