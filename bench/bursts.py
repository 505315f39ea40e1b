"""Scores gaung's alarms by the Numenta Anomaly Benchmark, through the command that users have.

`python -m bench.bursts FOLDER` reads nab_real_tweets_dev.parquet in a folder of data that is not
ours to ship: https://github.com/numenta/NAB, data/realTweets.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from bench.nab import PROFILES, Labelled, Tally, normalized, tally

_FILE = "nab_real_tweets_dev.parquet"
_SHIPPED = 0.5
_AROUND = (0.95, 0.975, 1.0, 1.025, 1.05)
# Standard at the shipped threshold, anywhere within 5 % of it, and the score that hates false ones.
_STANDARD, _AROUND_IT, _LOW_FP = 70.0, 66.0, 60.0


def main(folder: Path) -> int:
    """Print the scores; exit code 1 if one is below its bar."""
    path = folder / _FILE
    if not path.exists():
        print(f"{path} is not there: get NAB's realTweets and their windows", file=sys.stderr)
        return 2
    series: list[tuple[Labelled, list[float]]] = []
    with tempfile.TemporaryDirectory(prefix="gaung-bursts-") as temporary:
        for number, frame in enumerate(pl.read_parquet(path).partition_by("file")):
            labels = Labelled(frame["in_window"].to_list(), frame["probation"].to_list())
            series.append((labels, _scored(frame, Path(temporary) / f"{number}.csv")))
    print("threshold  standard  low FP  low FN  windows  false points")
    scores = {times: _told(series, _SHIPPED * times) for times in _AROUND}
    standard = {times: score["standard"] for times, score in scores.items()}
    kept = (
        standard[1.0] >= _STANDARD
        and min(standard.values()) >= _AROUND_IT
        and scores[1.0]["reward_low_FP_rate"] >= _LOW_FP
    )
    print("kept" if kept else "MISSED", f"{_STANDARD}, {_AROUND_IT} within 5 %, low FP {_LOW_FP}")
    return 0 if kept else 1


def _scored(frame: pl.DataFrame, path: Path) -> list[float]:
    frame.select("timestamp", "value").write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
    asked = ["backtest", "--series", str(path), "--window", "5m", "--format", "csv"]
    told = subprocess.run(
        [sys.executable, "-m", "monitor", *asked], check=True, capture_output=True, text=True
    )
    rows = csv.DictReader(io.StringIO(told.stdout))
    return [float(row["score"] or 0) for row in rows]


def _told(series: list[tuple[Labelled, list[float]]], threshold: float) -> dict[str, float]:
    tallies: list[Tally] = [
        tally(labels, [score >= threshold for score in scores]) for labels, scores in series
    ]
    found = {name: normalized(tallies, profile) for name, profile in PROFILES.items()}
    windows, missed = sum(t.windows for t in tallies), sum(t.missed for t in tallies)
    false = sum(t.false_points for t in tallies)
    numbers = "  ".join(f"{score:8.1f}" for score in found.values())
    print(f"{threshold:9.4f}  {numbers}  {windows - missed}/{windows}  {false}")
    return found


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")))
