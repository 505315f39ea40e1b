"""The peers that we time are right: else a ratio to them says nothing."""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.graphs.compat.coortweet import NETWORK, PAIRS, SHARES
from tests.analysis.graphs.compat import coortweet_slowly as slowly
from tests.analysis.graphs.compat.coortweet_slowly import Share

PEERS = Path(__file__).parents[2] / "bench" / "peers"
SHARED = Path(__file__).parents[3] / "shared" / "data"


def _has_r() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "library(data.table)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def r() -> None:
    """R with what the peers want, asked for by whoever needs it: that takes a second."""
    if not _has_r():
        pytest.skip("no R with data.table here (make bench-graphs)")


needs_their_posts = pytest.mark.skipif(
    not SHARED.exists(), reason="these posts are not ours to ship, and they are not here"
)


def in_r(
    folder: Path, shares: pl.DataFrame, *, within: int, at_least: int, loops: bool, quantile: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Run the re-implementation of CooRTweet, and give PAIRS and NETWORK."""
    rows = folder / "shares.csv"
    shares.sort("row").drop("row").write_csv(rows)
    asked = [within, at_least, "TRUE" if loops else "FALSE", repr(quantile)]
    command = ["Rscript", str(PEERS / "coortweet.R"), str(rows), str(folder), *map(str, asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0
    pairs = _read(folder / "pairs.csv", PAIRS)
    return pairs, _read(folder / "edges.csv", NETWORK)


def _read(path: Path, schema: pl.Schema) -> pl.DataFrame:
    with path.open(newline="") as file:
        if not file.read(1).strip():
            return schema.to_frame()
    rows = pl.read_csv(path, infer_schema=False)
    read = {"true": True, "false": False}
    return rows.select(
        pl.col(name).str.to_lowercase().replace_strict(read)
        if name == "above"
        else pl.col(name).cast(kind)
        for name, kind in schema.items()
    )


@pytest.mark.peers
@pytest.mark.usefixtures("r")
@pytest.mark.parametrize("seed", range(6))
def test_the_algorithm_in_r_is_that_of_the_slow_twin(tmp_path: Path, seed: int) -> None:
    """Times in ties, posts of several accounts, objects that are posts, accounts that meet
    themselves.
    """
    draw = random.Random(seed)
    shares = [
        Share(
            draw.choice(["o", "p", "q", "m1"]),
            draw.choice("abcdef"),
            f"m{draw.randint(1, 40)}",
            draw.choice([draw.randint(0, 9), draw.randint(0, 150)]),
            place,
        )
        for place in range(40)
    ]
    asked = {"within": draw.randint(0, 60), "loops": seed % 2 == 0}
    at_least, quantile = draw.randint(0, 5), draw.random()
    frame = pl.DataFrame(shares, SHARES, orient="row")
    pairs, edges = in_r(tmp_path, frame, at_least=at_least, quantile=quantile, **asked)
    expected = slowly.groups(shares, min_participation=at_least, **asked)
    assert expected
    assert sorted(pairs.rows()) == sorted(expected)
    told = pl.DataFrame(slowly.edges(expected, quantile=quantile), NETWORK, orient="row")
    assert_frame_equal(edges.sort("account_id", "account_id_y"), told, abs_tol=1e-12)


@pytest.mark.peers
@pytest.mark.usefixtures("r")
@needs_their_posts
def test_the_algorithm_in_r_gives_the_pairs_that_coortweet_gave(tmp_path: Path) -> None:
    shares = (
        pl.read_parquet(SHARED / "russian_coord_tweets.parquet")
        .rename({"timestamp_share": "timestamp"})
        .with_row_index("row")
    )
    pairs, edges = in_r(tmp_path, shares, within=60, at_least=2, loops=False, quantile=0.5)
    told = pl.read_csv(SHARED / "expected" / "coortweet_russian_detect_groups_tw60_mp2.csv")
    assert sorted(pairs.rows()) == sorted(told.select(*PAIRS).rows())
    assert (edges.height, edges.filter("above").height) == (3721, 60)


def test_the_toolkit_from_its_package_gives_the_networks_of_simulated_posts(tmp_path: Path) -> None:
    from bench.posts import written

    python = PEERS.parents[1] / ".venv-peers" / "bin" / "python"
    if not python.exists():
        pytest.skip("no .venv-peers here (make bench-graphs)")
    posts = written(tmp_path, 100_000).csv
    command = [python, PEERS / "toolkit.py", posts, tmp_path, "60", "1", "repost", "text", "link"]
    subprocess.run(command, check=True, capture_output=True)
    counts = []
    for name in ("repost", "text", "link"):
        with (tmp_path / f"{name}.csv").open(newline="") as file:
            counts.append(sum(1 for _ in csv.reader(file)) - 1)
    assert counts == [19_488 - 4, 906, 724]
