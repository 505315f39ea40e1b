"""Prints a table and writes bench/out; exit code 1 if a binding target is missed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from bench.cases import cases
from bench.running import Outcome, measured

_FOLDER = Path(__file__).parent
_RUNS = {"start": 15, "start-click": 15, "report-first": 7, "report": 7, "status": 7}


def main() -> int:
    """Measure all cases, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller files, fewer runs")
    parser.add_argument("--only", metavar="WORD", default="", help="cases with this in their name")
    given = parser.parse_args()
    targets = tomllib.loads((_FOLDER / "targets.toml").read_text(encoding="utf-8"))
    print(_line("case", "s (min, median)", "peer s (min, median)", "ratio", "posts/s", "MB", ""))
    found, missed = [], 0
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        for case in cases(Path(folder), quick=given.quick):
            if given.only not in case.name and case.name != "import-parquet":
                continue
            runs = _RUNS.get(case.name, 2 if given.quick else 3)
            outcome = measured(case, min(runs, 5) if given.quick else runs)
            verdicts, binding = _judged(outcome, targets.get(case.name, {}))
            missed += binding
            found.append(_as_json(outcome, verdicts))
            print(_told(outcome, verdicts), flush=True)
    _write(found, quick=given.quick)
    print(f"{missed} targets missed" if missed else "all binding targets kept")
    return 1 if missed else 0


def _judged(outcome: Outcome, target: dict[str, float]) -> tuple[list[str], int]:
    """Say which targets are missed, and how many of them bind."""
    rate = outcome.posts_per_second
    binding = [
        f"ratio above {target['ratio']:g}"
        for _ in range("ratio" in target and outcome.ratio > target["ratio"])
    ] + [
        f"more than {target['peak_mb']:g} MB"
        for _ in range("peak_mb" in target and outcome.peak_mb > target["peak_mb"])
    ]
    wishes = [
        f"(wished: {target['seconds']:g} s)"
        for _ in range("seconds" in target and outcome.seconds[0] > target["seconds"])
    ] + [
        f"(wished: {target['posts_per_second']:,} posts/s)"
        for _ in range(
            "posts_per_second" in target and rate is not None and rate < target["posts_per_second"]
        )
    ]
    return ["MISSED: " + words for words in binding] + wishes, len(binding)


def _told(outcome: Outcome, verdicts: list[str]) -> str:
    rate = outcome.posts_per_second
    return _line(
        outcome.case.name,
        "{:.3f}  {:.3f}".format(*outcome.seconds),
        "{:.3f}  {:.3f}".format(*outcome.peer_seconds),
        f"{outcome.ratio:.2f}",
        f"{rate:,.0f}" if rate is not None else "",
        f"{outcome.peak_mb:.0f}",
        "; ".join([f"to {outcome.case.peer_is}", *verdicts]),
    )


def _line(name: str, mine: str, peer: str, ratio: str, rate: str, memory: str, more: str) -> str:
    return f"{name:<21}{mine:>17}{peer:>22}{ratio:>8}{rate:>11}{memory:>6}  {more}".rstrip()


def _as_json(outcome: Outcome, verdicts: list[str]) -> dict[str, Any]:
    return {
        "case": outcome.case.name,
        "peer_is": outcome.case.peer_is,
        "posts": outcome.case.posts,
        "ratio": outcome.ratio,
        "seconds": [run.seconds for run in outcome.mine],
        "peer_seconds": [run.seconds for run in outcome.peer],
        "peak_mb": outcome.peak_mb,
        "verdicts": verdicts,
    }


def _write(found: list[dict[str, Any]], *, quick: bool) -> None:
    out = _FOLDER / "out"
    out.mkdir(exist_ok=True)
    about = {"python": platform.python_version(), "cores": os.cpu_count(), "quick": quick}
    text = json.dumps(about | {"cases": found}, indent=2) + "\n"
    (out / f"{'quick' if quick else 'full'}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
