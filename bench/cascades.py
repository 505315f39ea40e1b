"""Cascades: `python -m bench.cascades [DATA] [--quick]`.

Influence in one sweep beside its definition, and who passed a post on to whom where it is known
(`twitter15_edges` in DATA): the inferred parent beside a random earlier one, the previous one and
the original. That set knows no followers; how much stronger the original is was chosen on every
other cascade, and the others are reported. Exit code 1 if a bound is missed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from analysis.graphs.cascade.influence import DECAY, influence, parents

_LEAST_RATIO = 1000.0
_ROOTS = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)


def main() -> int:
    """Measure and print."""
    kept = _speed(600 if "--quick" in sys.argv else 1500, binding="--quick" not in sys.argv)
    folders = [one for one in sys.argv[1:] if not one.startswith("--")]
    path = Path(folders[0]) / "twitter15_edges.parquet" if folders else None
    if path is None or not path.exists():
        print("parents: skipped, name the folder that holds twitter15_edges.parquet")
    else:
        _parents(path)
    return 0 if kept else 1


def _speed(count: int, *, binding: bool) -> bool:
    rng = np.random.default_rng(3)
    at = np.sort(rng.lognormal(8.6, 1.6, count))
    followers = np.floor(rng.pareto(1.1, count) * 100)
    begun = time.perf_counter()
    expected = _definition(at, followers)
    slow = time.perf_counter() - begun
    begun = time.perf_counter()
    found = influence(at, followers)
    fast = time.perf_counter() - begun
    apart = float(np.abs(found / expected - 1).max())
    print(
        f"influence of {count:,}: {fast * 1000:.1f} ms, by its definition {slow:.1f} s: "
        f"{slow / fast:,.0f} times (at least {_LEAST_RATIO:,.0f}); apart by {apart:.1e}"
    )
    return apart <= 1e-12 and (not binding or slow / fast >= _LEAST_RATIO)


def _definition(at: np.ndarray, followers: np.ndarray) -> np.ndarray:
    """Give the influence as it is written: row by row, O(n³), as BirdSpotter does."""
    count = len(at)
    known = np.where(followers < 1, 1, followers)
    chance = np.zeros((count, count))
    for j in range(1, count):
        column = known[:j] * np.exp(DECAY * (at[j] - at[:j]))
        chance[:j, j] = column / column.sum()
    through = np.eye(count)
    for j in range(1, count):
        through[:, j] += through[:, :j] @ chance[:j, j]
    return np.asarray(through.sum(axis=1))


def _parents(path: Path) -> None:
    edges = pl.read_parquet(path).sort("cascade_id", "delay", "line")
    tuned: dict[float, int] = dict.fromkeys(_ROOTS, 0)
    right = dict.fromkeys(("inferred", "previous", "original", "random"), 0.0)
    reported, chosen = 0, _ROOTS[0]
    cascades = edges.partition_by("cascade_id", maintain_order=True)
    for half in (0, 1):
        for number, cascade in enumerate(cascades):
            if number % 2 != half:
                continue
            at, truth = _tree(cascade)
            asked = truth >= 0
            nobody = np.full(len(at), np.nan)
            if half == 0:
                for root in _ROOTS:
                    tuned[root] += int((parents(at, nobody, root=root)[0] == truth)[asked].sum())
                continue
            guesses = {
                "inferred": parents(at, nobody, root=chosen)[0],
                "previous": np.arange(-1, len(at) - 1),
                "original": np.zeros(len(at), np.int64),
            }
            reported += int(asked.sum())
            for name, guess in guesses.items():
                right[name] += float((guess == truth)[asked].sum())
            right["random"] += float((1 / np.maximum(np.arange(len(at)), 1))[asked].sum())
        chosen = max(tuned, key=lambda root: (tuned[root], -root))
    shares = ", ".join(f"{name} {count / max(reported, 1):.3f}" for name, count in right.items())
    print(f"parents of {reported:,} reposts, right: {shares} (original {chosen:g} times stronger)")


def _tree(cascade: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give times in seconds and the place of the true parent; -1 where it is not before."""
    place = {key: n for n, key in reversed(list(enumerate(cascade["uid"].to_list())))}
    truth = [
        found if (found := place.get(parent, -1)) < n else -1
        for n, parent in enumerate(cascade["parent_uid"].to_list())
    ]
    at = cascade["delay"].to_numpy() * 60
    return at, np.array(truth, np.int64)


if __name__ == "__main__":
    sys.exit(main())
