"""Times gaung against plain DuckDB on the same files, in the same run.

Exit code 1 if a ratio is worse than its target in targets.toml. Seconds are shown, not judged:
they are the machine's, ratios are ours.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bench import generate

HERE = Path(__file__).parent
GAUNG = [sys.executable, "-m", "monitor"]


@dataclass(frozen=True)
class Timing:
    """One command, run several times."""

    seconds: float  # median
    megabytes: float  # largest peak


def timed(
    command: list[str], *, runs: int = 3, before: Callable[[], None] = lambda: None
) -> Timing:
    """Run a command several times as a process of its own."""
    seconds, peaks = [], []
    for _ in range(runs):
        before()
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=HERE.parent)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        peaks.append(usage.ru_maxrss / 1024)
        if process.returncode:
            raise SystemExit(f"bench: {' '.join(command)} failed")
    return Timing(statistics.median(seconds), max(peaks))


def duckdb(sql: str, database: str = ":memory:") -> list[str]:
    """Give the command that runs one statement in plain DuckDB."""
    code = "import duckdb, sys; duckdb.connect(sys.argv[2]).execute(sys.argv[1]).fetchall()"
    return [sys.executable, "-c", code, sql, database]


class Bench:
    """Collects rows, and judges them."""

    def __init__(self) -> None:
        self.targets = tomllib.loads((HERE / "targets.toml").read_text())
        self.rows: list[dict[str, object]] = []

    def add(self, name: str, ours: Timing, peer: Timing, *, posts: int | None = None) -> None:
        """Add a case."""
        target = self.targets[name]
        ratio = ours.seconds / peer.seconds
        good = ratio <= target["ratio"] and ours.megabytes <= target.get("megabytes", 1e9)
        row: dict[str, object] = {
            "case": name,
            "seconds": round(ours.seconds, 3),
            "peer seconds": round(peer.seconds, 3),
            "ratio": round(ratio, 1),
            "at most": target["ratio"],
            "MB": round(ours.megabytes),
            "posts/s": round(posts / ours.seconds) if posts else None,
            "met": "yes" if good else "NO",
        }
        self.rows.append(row)
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)


def imports(bench: Bench, folder: Path, *, small: int, large: int) -> Path:
    """Time the imports; give the configuration of the store with all large posts."""
    config = folder / "config.toml"
    store = folder / "data" / "gaung.duckdb"
    config.write_text('[store]\npath = "data/gaung.duckdb"\n')

    def empty() -> None:
        for file in store.parent.glob("*"):
            file.unlink()

    print(f"making {small:,} and {large:,} posts …", flush=True)
    few = generate.posts(small)
    cases = {
        "import twitter-v1": (folder / "v1.jsonl", generate.write_v1, "read_json('{}')"),
        "import twitter-v2": (folder / "v2.jsonl", generate.write_v2, "read_json('{}')"),
        "import tweet-harvest": (folder / "harvest.csv", generate.write_harvest, "read_csv('{}')"),
        "import parquet": (folder / "posts.parquet", _write_parquet, "read_parquet('{}')"),
    }
    for name, (path, write, reader) in cases.items():
        count = large if name.endswith("parquet") else small
        write(generate.posts(large) if name.endswith("parquet") else few, path)
        peer_store = folder / "peer.duckdb"
        peer = timed(
            duckdb(f"create table t as from {reader.format(path)}", str(peer_store)),
            before=lambda file=peer_store: file.unlink(missing_ok=True),  # type: ignore[misc]
        )
        command = [*GAUNG, "--config", str(config), "import", str(path)]
        bench.add(name, timed(command, runs=2, before=empty), peer, posts=count)
    return config


def _write_parquet(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path, row_group_size=100_000)


def main() -> int:
    """Run all cases."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="fewer posts")
    quick = parser.parse_args().quick
    bench = Bench()
    python = timed([sys.executable, "-c", "pass"], runs=5)
    bench.add("help", timed([*GAUNG, "--help"], runs=5), python)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = 200_000 if quick else 1_000_000
        config = imports(bench, folder, small=20_000 if quick else 200_000, large=large)
        store = str(folder / "data" / "gaung.duckdb")
        hourly = duckdb(
            "select epoch(date_trunc('hour', sort_at)), count(*), count(distinct author_key), "
            "count(*) filter (kind = 'repost') from posts group by 1",
            store,
        )
        peer = timed(hourly)
        report = [*GAUNG, "--config", str(config), "report", "#AirBersih", "--format", "json"]
        bench.add("report json", timed(report), peer, posts=large)
        bench.add("status", timed([*GAUNG, "--config", str(config), "status"]), peer)
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    (out / "bench.json").write_text(json.dumps(bench.rows, indent=2) + "\n")
    missed = [row["case"] for row in bench.rows if row["met"] == "NO"]
    print(f"missed: {', '.join(map(str, missed))}" if missed else "all targets met")
    return 1 if missed else 0


sys.exit(main())
