"""Tells how well the dials tell a push from broad concern, on simulated watches.

`python -m bench.indicators [WATCHES]`: each watch has 28 quiet days and then, in turn, a quiet day,
500 acts of broad concern, the same gone viral, and 500 acts of which a planted group of 15 to 40
accounts makes 70, 40 or 20 percent. Without the test for coordination (number 10), which would
make it easier.
"""

from __future__ import annotations

import sys
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from analysis.indicators.dials import HIGH, dials
from bench.watches import Push, last_days

_ACTS = 500
_PUSHES = {f"pushed {share:.0%}": Push(share=share) for share in (0.7, 0.4, 0.2)}
_PLANTED = "pushed 70%"
_LEAST_AUC = 0.95
_MOST_FALSE = 0.1  # share of broad days with a high O
_RESAMPLES, _SEED = 2_000, 1
Floats = npt.NDArray[np.float64]


def main(watches: int) -> int:
    """Print the table; exit code 1 if a bar is missed."""
    told: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for seed in range(watches):
        for kind, facts in last_days(seed, _ACTS, _PUSHES):
            found = dials(facts)
            m, o = found.mobilisation.value, found.orchestration.value
            told[kind].append((np.nan if m is None else m, np.nan if o is None else o))
    values = {kind: np.array(pairs) for kind, pairs in told.items()}
    print(f"{watches} watches, {_ACTS} acts; a dial is high from {HIGH:g}")
    print("last day       M 5 % / median / 95 %   O 5 % / median / 95 %   M high   O high")
    for kind, pairs in values.items():
        m, o = (_range(pairs[:, column]) for column in (0, 1))
        high = "   ".join(f"{np.mean(pairs[:, column] >= HIGH):6.0%}" for column in (0, 1))
        print(f"{kind:12}   {m:21}   {o:21}   {high}")
    print("AUC of O, with its 95 % interval (bootstrap over watches):")
    kept = True
    for kind in _PUSHES:
        for control in ("broad", "viral"):
            area, low, high_ = _with_interval(values[control][:, 1], values[kind][:, 1])
            bar = "" if kind != _PLANTED else f"   bar {_LEAST_AUC}"
            kept = kept and (kind != _PLANTED or area >= _LEAST_AUC)
            print(f"  {kind} against {control}: {area:.3f} ({low:.3f} to {high_:.3f}){bar}")
    raised, low, high_ = _with_interval(values["quiet"][:, 0], values["broad"][:, 0])
    false = float(np.mean(values["broad"][:, 1] >= HIGH))
    print(f"AUC of M, broad against quiet: {raised:.3f} ({low:.3f} to {high_:.3f})")
    print(f"O is high on {false:.1%} of broad days   bar {_MOST_FALSE:.0%}")
    kept = kept and false <= _MOST_FALSE
    print("kept" if kept else "MISSED")
    return 0 if kept else 1


def _range(values: Floats) -> str:
    return " / ".join(f"{value:5.1f}" for value in np.nanpercentile(values, (5, 50, 95)))


def auc(without: Floats, with_: Floats) -> float:
    """Give the chance that a pushed day stands above another one; ties count half."""
    above = (with_[:, None] > without[None, :]) + 0.5 * (with_[:, None] == without[None, :])
    return float(above.mean())


def _with_interval(without: Floats, with_: Floats) -> tuple[float, float, float]:
    rng = np.random.default_rng(_SEED)
    n = len(without)
    drawn = rng.integers(0, n, (_RESAMPLES, n))
    areas = [auc(without[rows], with_[rows]) for rows in drawn]
    low, high = np.percentile(areas, (2.5, 97.5))
    return auc(without, with_), float(low), float(high)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40))
