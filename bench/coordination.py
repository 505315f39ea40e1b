"""Networks beside other tools: `python -m bench.coordination [--quick] [--viral POSTS]`.

The peers are coordination-network-toolkit 1.5.2 from its package (on two processes) and CooRTweet's
algorithm re-implemented in R (bench/peers). Each measurement is a process, and its steps are timed
inside: from what a tool has read to its edges. Both run in turns, and the best of each step counts,
because whatever else the machine does only ever adds. Results must be equal: edges and weights
without loops, because the toolkit's 1.5.2 pairs each post with itself. Ratios bind on the full size
only, where the start of a process no longer counts; equal results bind always.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.running import ROOT, Run, run

_WITHIN = "60"
_NETWORKS = ("repost", "text", "link")
_PEERS = ROOT / "bench" / "peers"
_TOOLKIT = ROOT / ".venv-peers" / "bin" / "python"
_FULL, _QUICK = 1_000_000, 100_000
_IN_R = 100_000  # posts; the time of CooRTweet grows with the square of the largest object


@dataclass(frozen=True, slots=True)
class Target:
    """What a comparison must keep to."""

    ratio: float  # times as fast as the peer
    peak_mb: float | None = None


_CO_REPOST, _THREE = Target(12.0), Target(10.0)
_VIRAL, _COORTWEET = Target(5.0, peak_mb=1_200), Target(100.0)


class Bench:
    """Runs the comparisons in a folder, prints them, and counts what is missed."""

    def __init__(self, folder: Path, *, binding: bool, runs: int) -> None:
        self._folder = folder
        self._runs = runs
        self._binding = binding
        self.missed = 0

    def organic(self, count: int) -> None:
        """Compare the three networks of posts of which none is viral."""
        posts = self._posts(count, viral=0)
        mine, peer = self._beside_toolkit(posts, 1, _NETWORKS)
        for name in _NETWORKS:
            target = _CO_REPOST if name == "repost" else None
            self._compared(f"co-{name}", mine.steps[name], peer.steps[name], mine, target)
        self._compared("CSV to three networks", mine.total, peer.total, mine, _THREE)
        print(f"  whole process: {mine.told}; toolkit: {peer.told}")
        for name in _NETWORKS:
            self._same(name, ("source", "target", "weight"))

    def viral(self, count: int, viral: int) -> None:
        """Compare co-repost where some posts are passed on by very many."""
        posts = self._posts(count, viral=viral)
        mine, peer = self._beside_toolkit(posts, 2, ("repost",))
        name = f"co-repost, {viral} viral"
        self._compared(name, mine.steps["repost"], peer.steps["repost"], mine, _VIRAL)
        print(f"  whole process: {mine.told}; toolkit: {peer.told}")
        self._same("repost", ("source", "target", "weight"))

    def coortweet(self) -> None:
        """Compare pairs and network of reposts with CooRTweet's algorithm."""
        if shutil.which("Rscript") is None:
            print("CooRTweet's algorithm: no R here (bench/peers/install.sh), so nothing is timed")
            return
        posts = self._posts(_IN_R, viral=0)
        ours = self._emptied("ours")
        theirs = self._emptied("theirs")
        mine = _Side([run(_ours(posts, ours, 1, ["coortweet"]))])
        asked = [str(ours / "shares.csv"), str(theirs), _WITHIN, "1", "FALSE", "0.5"]
        peer = run(["Rscript", str(_PEERS / "coortweet.R"), *asked])
        seconds = float(peer.said)
        self._compared(
            "CooRTweet, re-implemented", mine.steps["coortweet"], seconds, mine, _COORTWEET
        )
        print(f"  whole process: {mine.told}; R: {_told(peer)}")
        pair = ("object_id", "content_id", "content_id_y", "account_id", "account_id_y")
        self._same("pairs", (*pair, "time_delta"))
        self._same("edges", (*pair[3:], "n_content_id", "n_content_id_y", "weight"))

    def _posts(self, count: int, *, viral: int) -> Path:
        asked = ["-m", "bench.posts", str(count), str(self._folder), "--viral", str(viral)]
        return Path(run([sys.executable, *asked]).said.strip())

    def _beside_toolkit(
        self, posts: Path, min_weight: int, names: Sequence[str]
    ) -> tuple[_Side, _Side]:
        mine, peer = [], []
        for _ in range(self._runs):
            ours, theirs = self._emptied("ours"), self._emptied("theirs")
            mine.append(run(_ours(posts, ours, min_weight, names)))
            asked = [str(posts), str(theirs), _WITHIN, str(min_weight), *names]
            peer.append(run([str(_TOOLKIT), str(_PEERS / "toolkit.py"), *asked]))
        return _Side(mine), _Side(peer)

    def _emptied(self, name: str) -> Path:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _compared(
        self, name: str, mine: float, peer: float, side: _Side, target: Target | None
    ) -> None:
        told = f"{name:28} {mine:9.3f} s   peer {peer:9.3f} s   {peer / mine:6.1f} x"
        if target is not None:
            told += f"   (target: {target.ratio:g} x)"
            slow = peer / mine < target.ratio
            large = target.peak_mb is not None and side.peak_mb > target.peak_mb
            if self._binding and (slow or large):
                self.missed += 1
                told += "   MISSED"
        print(told, flush=True)

    def _same(self, name: str, columns: Sequence[str]) -> None:
        one, other = (self._folder / side / f"{name}.csv" for side in ("ours", "theirs"))
        command = [sys.executable, "-m", "bench.same", str(one), str(other), *columns]
        rows, total, differ = map(int, run(command).said.split())
        verdict = "equal" if not differ else f"{differ:,} DIFFER"
        print(f"  {name}: {rows:,} rows, sum of {columns[-1]} {total:,}: {verdict}", flush=True)
        self.missed += differ > 0 or rows == 0


class _Side:
    """One tool's runs, and the least seconds of each step."""

    def __init__(self, runs: Sequence[Run]) -> None:
        told: list[dict[str, float]] = [json.loads(done.said) for done in runs]
        self.steps = {name: min(steps[name] for steps in told) for name in told[0]}
        self.total = sum(self.steps.values())
        self.peak_mb = max(done.peak_mb for done in runs)
        self.told = _told(min(runs, key=lambda done: done.seconds))


def _told(done: Run) -> str:
    return f"{done.seconds:.2f} s, cpu {done.cpu_seconds:.2f} s, {done.peak_mb:,.0f} MB"


def _ours(posts: Path, folder: Path, least: int, names: Sequence[str]) -> list[str]:
    asked = [str(posts), str(folder), _WITHIN, str(least), *names]
    return [sys.executable, "-m", "bench.networks", *asked]


def main() -> int:
    """Print the comparisons; exit code 1 if a result differs or a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.coordination", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK:,} posts; ratios are shown")
    parser.add_argument("--count", type=int, metavar="POSTS", help=f"instead of {_FULL:,}")
    parser.add_argument("--viral", type=int, default=10, metavar="POSTS", help="0: not measured")
    parser.add_argument("--runs", type=int, help="of each tool, in turns")
    parser.add_argument("--only", choices=("organic", "viral", "coortweet"))
    given = parser.parse_args()
    if not _TOOLKIT.exists():
        print("no .venv-peers here: say make bench-graphs", file=sys.stderr)
        return 1
    count = given.count or (_QUICK if given.quick else _FULL)
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        runs = given.runs or (1 if given.quick else 3)
        bench = Bench(Path(folder), binding=count >= _FULL, runs=runs)
        print(f"{count:,} posts, within {_WITHIN} s")
        if given.only in (None, "organic"):
            bench.organic(count)
        if given.only in (None, "viral") and given.viral:
            bench.viral(count, given.viral)
        if given.only in (None, "coortweet"):
            bench.coortweet()
    print(f"{bench.missed} missed" if bench.missed else "all targets kept, all results equal")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
