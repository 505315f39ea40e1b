"""Numbers 1, 2, 15, 16 and 17: how unusual it is, since when, and how it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log, sqrt

import polars as pl

from analysis.indicators.facts import Facts
from analysis.indicators.indicator import Told, unknown
from analysis.trends.burst import Burst, once_in_days
from analysis.trends.episode import Hours, attention_class, course
from analysis.trends.interval import Z
from analysis.trends.reach import lag_hours, picked_up_at

_DAY = timedelta(days=1)
_AROUND = 7  # days
_LEARNING = "no usual to compare with: it is still being learnt"
_NO_BURST = "no burst in this time"


def volume_surprise(facts: Facts) -> Told:
    r"""Tell once in how many days so much comes: :math:`R = 10^{S} / n`, S the largest score.

    S: surprise over the last 1, 3, 6 and 24 windows, negative binomial, or the sequential evidence
    (`analysis.trends.burst.scores`); n: windows a day. At most ten years. It is a tail probability
    and has no interval; calm days are rougher than the model, so read it as an upper limit.

    Farrington et al. (1996), A Statistical Algorithm for the Early Detection of Outbreaks, JRSS A.
    """
    windows = _windows(facts)
    if windows is None or windows["score"].null_count() == windows.height:
        return unknown(_LEARNING)
    score = windows["score"].drop_nulls().max()
    if not isinstance(score, float):
        return unknown(_LEARNING)
    days = once_in_days(score, _DAY / facts.step)
    return Told(value=days, n=int(windows["posts"].sum()), note=f"score {score:.1f}")


def burst_weight(facts: Facts) -> Told:
    r"""Give the weight of the heaviest burst: :math:`\sum \max(0, [x \ln 3 - 2 \mu] / \phi)` nats.

    Interval: normal, :math:`Var \approx \sum x \ln^2 3 / \phi`, as counts vary by :math:`\phi x`.
    N: its posts. Kleinberg (2002), Bursty and Hierarchical Structure in Streams, KDD.
    """
    burst = heaviest(facts)
    if burst is None or facts.windows is None:
        return unknown(_why_none(facts))
    told = course(facts.windows, burst.onset, burst.end, facts.step)
    within = facts.windows.filter(pl.col("window_start") >= burst.onset)
    if burst.end is not None:
        within = within.filter(pl.col("window_start") < burst.end)
    weighs = pl.col("posts") * log(3) > 2 * pl.col("expected")
    spread = within.filter(weighs).select((pl.col("posts") / pl.col("dispersion")).sum()).item()
    margin = Z * log(3) * sqrt(float(spread))
    ended = "goes on" if burst.end is None else f"ended {burst.end:%Y-%m-%d %H:%M}"
    note = f"began {burst.onset:%Y-%m-%d %H:%M}, peak {burst.peak_at:%Y-%m-%d %H:%M}, {ended} UTC"
    low, high = max(told.weight - margin, 0.0), told.weight + margin
    return Told(value=told.weight, low=low, high=high, n=burst.posts, note=note)


def news_lag(facts: Facts) -> Told:
    """Give the hours from the onset of the burst to the article of the third outlet.

    Negative: the news were first. Interval: an onset is known to one window. N: outlets.

    Neuman et al. (2014), The Dynamics of Public Attention, J. of Communication 64(2).
    """
    if facts.articles is None:
        return unknown("no news are read")
    burst = heaviest(facts)
    if burst is None:
        return unknown(_NO_BURST, len(facts.articles))
    lag = lag_hours(burst.onset, picked_up_at(facts.articles))
    if lag is None:
        return unknown("not picked up by three outlets yet", len(facts.articles))
    width = facts.step / timedelta(hours=1)
    return Told(value=lag, low=lag - width, high=lag, n=len(facts.articles))


def doubling_time(facts: Facts) -> Told:
    r"""Give the hours in which posts doubled up to the peak: :math:`\ln 2 / b`. Interval: of b.

    b: slope of a log-linear regression of the last six windows (`analysis.trends.episode`).
    Lorenz-Spreen et al. (2019), Accelerating dynamics of collective attention, Nature Comm. 10.
    """
    return _course(facts, "doubling", "not known to have grown on the way to its peak")


def half_life(facts: Facts) -> Told:
    """Give the hours from the peak until half of the excess was gone (`trends.episode`)."""
    return _course(facts, "half_life", "half of it is not gone yet")


def attention(facts: Facts) -> Told:
    r"""Tell the class of the attention by the shares before, on and after its peak day.

    Within seven days: anticipatory, symmetric, reactive or transient; value: the share on the peak
    day. Its posts hang together, so no interval is told. N: posts.

    Lehmann et al. (2012), Dynamical Classes of Collective Attention in Twitter, WWW.
    """
    burst = heaviest(facts)
    if burst is None or facts.windows is None:
        return unknown(_why_none(facts))
    days = daily_posts(facts.windows, burst.peak_at)
    label = attention_class(days, _AROUND)
    if label is None:
        return unknown("needs three known days on each side of the peak")
    known = [posts or 0 for posts in days]
    total, top = sum(known), known[_AROUND]
    before, after = sum(known[:_AROUND]) / total, sum(known[_AROUND + 1 :]) / total
    note = f"{before:.0%} before, {top / total:.0%} on and {after:.0%} after the peak day"
    return Told(value=top / total, n=total, note=note, label=label)


def daily_posts(windows: pl.DataFrame, peak_at: datetime) -> list[int | None]:
    """Give the posts of the seven days on each side of a peak, which lies amid its own day."""
    days = windows.with_columns(
        day=((pl.col("window_start") - peak_at).dt.total_hours() + 12) // 24
    )
    known = pl.col("posts").is_not_null().all()
    totals = days.group_by("day").agg(posts=pl.when(known).then(pl.col("posts").sum()))
    by_day: dict[int, int | None] = dict(totals.select("day", "posts").iter_rows())
    return [by_day.get(day) for day in range(-_AROUND, _AROUND + 1)]


def heaviest(facts: Facts) -> Burst | None:
    """Give the burst of the window with the highest score; None if there is none."""
    here = [
        burst
        for burst in facts.bursts
        if burst.onset < facts.until and (burst.end is None or burst.end > facts.since)
    ]
    return max(here, key=lambda burst: burst.score, default=None)


def _why_none(facts: Facts) -> str:
    windows = _windows(facts)
    known = windows is not None and windows["score"].null_count() < windows.height
    return _NO_BURST if known else _LEARNING


def _course(facts: Facts, name: str, missing: str) -> Told:
    burst = heaviest(facts)
    if burst is None or facts.windows is None:
        return unknown(_why_none(facts))
    told: Hours | None = getattr(course(facts.windows, burst.onset, burst.end, facts.step), name)
    if told is None:
        return unknown(missing, burst.posts)
    return Told(value=told.value, low=told.low, high=told.high, n=burst.posts)


def _windows(facts: Facts) -> pl.DataFrame | None:
    """Give the windows that lie in the time asked about, at least by half."""
    if facts.windows is None:
        return None
    start = pl.col("window_start") + facts.step / 2
    return facts.windows.filter(start >= facts.since, start < facts.until)
