r"""Who acts together more often than chance explains, whatever they do together.

Every kind of object is looked at on its own (`candidates`); of a pair the most surprising kind
counts, and having looked at all of them is paid for. Which pairs survive is decided by the false
discovery rate over all pairs of accounts; what hangs together by those is a group (`groups`).

The **score** ranks all accounts, also those in no group: the mean surprise of the two accounts that
one most surprisingly acts together with. It also looks wider than the window, at objects that few
share (`_VIEWS`), since accounts that are used one after the other never meet within a minute. A
score says who to look at first; only a group says that it is more than chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import narwhals as nw
import polars as pl

from analysis.graphs.candidates import Candidates, Count, Meet, candidates
from analysis.graphs.chance import q_values, surprise
from analysis.graphs.coaction import Keep, Lazy
from analysis.graphs.groups import GROUPED, grouped
from analysis.graphs.traces import TRACE_NAMES

_REPEATED = frozenset({"hashtags"})  # used again and again; the others are passed on once
_ANY_TIME = 10**9
# Wider views for the score: times the window, and shared by at most so many accounts. At any time
# only what is rare tells anything, and only that can be compared all with all.
_VIEWS = ((10, 100), (None, 30))
_PARTNERS = 2  # of a score: with one alone it counts half
LEAST_ACCOUNTS, LEAST_ACTS = 20, 50

PAIRS = pl.Schema(
    {
        "low": pl.Int64(),
        "high": pl.Int64(),
        "trace": pl.Int64(),  # what they share most surprisingly
        "shared": pl.Int64(),  # how much of it
        "expected": pl.Float64(),  # by chance
        "surprise": pl.Float64(),  # -log10 of the chance, after all that was looked at
        "q": pl.Float64(),
    }
)
SCORES = pl.Schema({"author": pl.Int64(), "score": pl.Float64()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is asked for."""

    by: tuple[str, ...]  # of `TRACE_NAMES`
    within: int = 60  # seconds
    min_weight: int = 2  # objects that a pair shares
    fdr: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """What was found. Accounts are numbers here, as in TRACES."""

    insufficient: str  # why nothing can be said; '' where it can
    pairs: pl.DataFrame  # PAIRS that survive
    groups: pl.DataFrame  # GROUPED
    scores: pl.DataFrame  # SCORES of all that have any
    accounts: int  # that share anything
    acts: int
    tested: int  # pairs of accounts
    views: tuple[str, ...]  # the kinds of objects that were there
    left_out: int  # objects that everybody shares


class Known(Protocol):
    """What is known from before, of each kind of object."""

    def meet(self, kind: str) -> Meet:
        """Give the way to tell what meets."""
        ...

    def count(self, kind: str) -> Count:
        """Give the way to count what pairs share."""
        ...


def coordination(
    traces: Lazy,
    accounts: int,
    *,
    settings: Settings,
    keep: Keep,
    known: Known | None = None,
    scored: bool = True,
    on_kinds: Callable[[int], None] = lambda _: None,
) -> Coordination:
    """Find who acts together more often than chance explains.

    traces: TRACES, best kept. accounts: how many there are, also those that share nothing. known:
    what is known from before (see `candidates`). scored: rank all accounts, which is
    half of the work and does not change the groups; else nobody has a score. on_kinds: is told at
    how many kinds of objects there is to look, for people who wait.
    """
    acts = _counts(traces, keep)
    if reason := _too_few(acts, accounts):
        return _nothing(reason, acts, accounts)
    on_kinds(len(acts.keys() & set(settings.by)))
    quick, wide, views, left_out = [], [], [], 0
    for name in settings.by:
        if name not in acts:
            continue
        some = keep(traces.filter(nw.col("trace") == TRACE_NAMES.index(name)))
        found = candidates(
            some,
            within=settings.within,
            keep=keep,
            repeats=name in _REPEATED,
            meet=None if known is None else known.meet(name),
            count=None if known is None else known.count(name),
        )
        views.append(name)
        left_out += found.left_out
        quick.append(_judged(found, name))
        if scored and name not in _REPEATED:
            wide += [_judged(one, name) for one in _wider(some, settings.within, keep)]
    tested = accounts * (accounts - 1) // 2
    pairs = _best(quick, len(views), tested)
    told = pairs.filter(pl.col("q") <= settings.fdr, pl.col("shared") >= settings.min_weight)
    return Coordination(
        insufficient="",
        pairs=told.sort("q", "low", "high"),
        groups=grouped(told),
        scores=_scores([*quick, *wide] if scored else []),
        accounts=accounts,
        acts=sum(acts.values()),
        tested=tested,
        views=tuple(views),
        left_out=left_out,
    )


def _counts(traces: Lazy, keep: Keep) -> dict[str, int]:
    counted = keep(traces.group_by("trace").agg(acts=nw.len()))
    rows = pl.DataFrame(counted.collect("polars").to_native()).sort("trace").rows()
    return {TRACE_NAMES[int(trace)]: int(acts) for trace, acts in rows}


def _too_few(acts: dict[str, int], accounts: int) -> str:
    total = sum(acts.values())
    if accounts < LEAST_ACCOUNTS:
        return f"insufficient data: {accounts} accounts, needs {LEAST_ACCOUNTS}"
    if total < LEAST_ACTS:
        return f"insufficient data: {total} acts that could be shared, needs {LEAST_ACTS}"
    return ""


def _nothing(reason: str, acts: dict[str, int], accounts: int) -> Coordination:
    return Coordination(
        insufficient=reason,
        pairs=PAIRS.to_frame(),
        groups=GROUPED.to_frame(),
        scores=SCORES.to_frame(),
        accounts=accounts,
        acts=sum(acts.values()),
        tested=0,
        views=tuple(acts),
        left_out=0,
    )


def _wider(traces: Lazy, within: int, keep: Keep) -> list[Candidates]:
    return [
        candidates(
            traces,
            within=_ANY_TIME if times is None else within * times,
            keep=keep,
            most_sharers=most,
        )
        for times, most in _VIEWS
    ]


def _judged(found: Candidates, name: str) -> pl.DataFrame:
    judged = surprise(found)
    return judged.with_columns(trace=pl.lit(TRACE_NAMES.index(name), pl.Int64))


def _best(judged: Sequence[pl.DataFrame], views: int, tested: int) -> pl.DataFrame:
    """Give each pair once, by what is most surprising about it: PAIRS."""
    if not judged:
        return PAIRS.to_frame()
    price = pl.lit(float(max(views, 1))).log10()
    best = (
        pl.concat(judged)
        .sort("surprise", "trace", descending=[True, False])
        .unique(["low", "high"], keep="first", maintain_order=True)
        .with_columns(surprise=(pl.col("surprise") - price).clip(lower_bound=0))
    )
    return best.with_columns(q_values(best["surprise"], tested)).select(*PAIRS.names())


def _scores(judged: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not judged:
        return SCORES.to_frame()
    pairs = pl.concat([one.select("low", "high", "surprise") for one in judged])
    best = pairs.group_by("low", "high").agg(pl.col("surprise").max())
    ends = pl.concat(
        [best.select(pl.col(side).alias("author"), "surprise") for side in ("low", "high")]
    )
    top = pl.col("surprise").top_k(_PARTNERS).sum() / _PARTNERS
    return ends.group_by("author").agg(top.alias("score")).cast(SCORES).sort("author")
