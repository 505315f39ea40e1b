"""Cascades: `python -m bench.cascades [DATA] [--quick]`.

Influence in one sweep beside its definition, and who passed a post on to whom where it is known
(`twitter15_edges` in DATA): the inferred parent beside a random earlier one, the previous one and
the original. That set knows no followers; how much stronger the original is was chosen on every
other cascade, and the others are reported. Reposts are left out, and counted, whose true parent
cannot be guessed at all: it is not before them in the cascade. Exit code 1 if a bound is missed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from analysis.graphs.cascade.influence import DECAY, influence, parents

_LEAST_RATIO = 1000.0
_ROOTS = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
_ALWAYS = float("inf")  # as strong as that: everybody has it from the original


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
    cascades = edges.partition_by("cascade_id", maintain_order=True)
    tuned: dict[float, int] = dict.fromkeys((*_ROOTS, _ALWAYS), 0)
    for cascade in cascades[::2]:
        at, truth, _ = _tree(cascade)
        for root in tuned:
            tuned[root] += int((_inferred(at, root) == truth)[truth >= 0].sum())
    best = max(_ROOTS, key=lambda root: (tuned[root], -root))
    chosen = max(tuned, key=lambda root: (tuned[root], -root))
    right = dict.fromkeys(("inferred", "previous", "original", "random"), 0.0)
    asked: Counter[str] = Counter()
    for cascade in cascades[1::2]:
        at, truth, why = _tree(cascade)
        asked.update(why)
        known = truth >= 0
        guesses = {
            "inferred": _inferred(at, best),
            "previous": np.arange(-1, len(at) - 1),
            "original": _inferred(at, _ALWAYS),
        }
        for name, guess in guesses.items():
            right[name] += float((guess == truth)[known].sum())
        right["random"] += float((1 / np.maximum(np.arange(len(at)), 1))[known].sum())
    _print(right, asked, best, chosen)


def _print(right: dict[str, float], asked: Counter[str], best: float, chosen: float) -> None:
    reposts, kept = asked.total(), asked.pop("")
    shares = ", ".join(f"{name} {count / kept:.3f}" for name, count in right.items())
    print(f"parents of {kept:,} reposts, right: {shares}")
    print(f"  inferred: the original {best:g} times as strong, the best of the finite choices")
    named = "the original always" if chosen == _ALWAYS else f"{chosen:g} times"
    print(f"  chosen on the other half, where always the original may be chosen too: {named}")
    reasons = ", ".join(f"{count:,} {why}" for why, count in sorted(asked.items()))
    print(
        f"  left out: {reposts - kept:,} of {reposts:,} reposts "
        f"({(reposts - kept) / reposts:.1%}): {reasons}"
    )


def _inferred(at: np.ndarray, root: float) -> np.ndarray:
    if root == _ALWAYS:
        return np.concatenate([[-1], np.zeros(len(at) - 1, np.int64)])
    return parents(at, np.full(len(at), np.nan), root=root)[0]


def _tree(cascade: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Give times in seconds, the place of each true parent, and of each repost why it has none.

    The reason is '' where the parent is known; its place is then before its child, else -1.
    """
    accounts = cascade["uid"].to_list()
    place = {key: n for n, key in reversed(list(enumerate(accounts)))}
    truth, why = [], []
    for n, parent in enumerate(cascade["parent_uid"].to_list()):
        found = place.get(parent, -1)
        truth.append(found if 0 <= found < n else -1)
        if parent == "ROOT":
            continue
        if found < 0:
            why.append("whose parent is not in the cascade")
        elif parent == accounts[n]:
            why.append("of an account from itself" if found == n else "")
        else:
            why.append("" if found < n else "before their parent")
    return cascade["delay"].to_numpy() * 60, np.array(truth, np.int64), why


if __name__ == "__main__":
    sys.exit(main())
