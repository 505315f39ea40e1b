"""How fast series are scored: `python -m bench.speed_bursts [--quick]`, against STL in one run.

The peer is statsmodels' STL (robust, period of a day) with residual z-scores, on the same counts;
it is run in `.venv-bench`, and only its computation is timed. Ratios bind, seconds are shown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from analysis.frames import VOLUME
from analysis.trends.burst import bursts, scores
from analysis.trends.scorer import Scorer, extend

_HOUR = timedelta(hours=1)
_START = datetime(2026, 1, 1, tzinfo=UTC)
_PEER = Path(__file__).resolve().parent.parent / ".venv-bench/bin/python"
_LEAST_RATIO = 5.0  # times faster than STL, per series
_NEW_HOUR, _YEAR = 1.0, 60.0  # seconds, on two cores

_STL = """
import sys, time
import numpy as np
from statsmodels.tsa.seasonal import STL
counts = np.load(sys.argv[1])
started = time.perf_counter()
for row in counts:
    fitted = STL(row, period=24, robust=True).fit()
    rest = fitted.resid
    (rest - np.median(rest)) / (1.4826 * np.median(np.abs(rest - np.median(rest))) + 1e-9)
print(time.perf_counter() - started)
"""


def main() -> int:
    """Print the figures; exit code 1 if the ratio, or a bar of the issue, is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed_bursts", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer series and hours")
    quick = parser.parse_args().quick
    missed = 0
    new_hour = _new_hour(1_000)
    print(f"1,000 series, one new hour      {new_hour:8.3f} s   (bar: {_NEW_HOUR:g} s)")
    watches, hours = (20, 2_000) if quick else (100, 8_760)
    counts = _counts(watches, hours)
    year = _scored(counts)
    print(f"{watches} watches, {hours:,} hours      {year:12.3f} s   (bar: {_YEAR:g} s)")
    missed += (new_hour > _NEW_HOUR) + (year > _YEAR)
    sample = counts[: 2 if quick else 5]
    peer = _stl(sample)
    if peer is None:
        print("STL: no .venv-bench here (make .venv-bench/.ready), so there is no ratio")
        return 1 if missed else 0
    mine = _scored(sample)
    ratio = peer / mine
    print(
        f"{len(sample)} series of {hours:,} hours: {mine:.3f} s, statsmodels' STL {peer:.3f} s: "
        f"{ratio:.1f} times faster (target: {_LEAST_RATIO:g})"
    )
    missed += ratio < _LEAST_RATIO
    return 1 if missed else 0


def _counts(series: int, hours: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    level = rng.choice([1.0, 5.0, 20.0, 50.0], size=(series, 1))
    daily = 1 + 0.6 * np.sin(2 * np.pi * np.arange(hours) / 24)
    return rng.negative_binomial(level * daily, 0.5).astype(float)


def _new_hour(series: int) -> float:
    counts = _counts(series, 28 * 24 + 1)
    scorers = [Scorer(_HOUR) for _ in range(series)]
    extend(scorers, list(counts[:, :-1]), [hour % 24 for hour in range(28 * 24)])
    started = time.perf_counter()
    extend(scorers, list(counts[:, -1:]), [0])
    return time.perf_counter() - started


def _scored(counts: np.ndarray) -> float:
    """Score whole series, and find their bursts, as the reports do."""
    starts = pl.datetime_range(
        _START, _START + (counts.shape[1] - 1) * _HOUR, "1h", eager=True, time_unit="us"
    )
    volumes = [
        pl.DataFrame(
            {
                "window_start": starts,
                "posts": row.astype(int),
                "authors": row.astype(int),
                "reposts": np.zeros(len(row), dtype=int),
                "coverage": np.ones(len(row)),
            },
            schema=VOLUME,
        )
        for row in counts
    ]
    started = time.perf_counter()
    for volume in volumes:
        bursts(volume, scores(volume, window=_HOUR, zone="Asia/Jakarta"), threshold=4.1)
    return time.perf_counter() - started


def _stl(counts: np.ndarray) -> float | None:
    if not _PEER.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        path = Path(folder) / "counts.npy"
        np.save(path, counts)
        ran = subprocess.run(
            [str(_PEER), "-c", _STL, str(path)], capture_output=True, text=True, check=True
        )
    return float(ran.stdout)


if __name__ == "__main__":
    sys.exit(main())
