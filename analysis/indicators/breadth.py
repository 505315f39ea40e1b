"""Numbers 3, 4, 5, 13 and 14: how many take part, and from how far apart."""

from __future__ import annotations

from datetime import timedelta
from math import ceil, exp, log, sqrt

import numpy as np
import polars as pl

from analysis.frames import ACTIVITY, VOLUME
from analysis.indicators.facts import DAY, Facts, between
from analysis.indicators.indicator import Told, share, unknown
from analysis.trends.burst import once_in_days, scores
from analysis.trends.interval import Z
from analysis.trends.lead import leads
from analysis.trends.newcomers import first_time_share as newcomers

_MEMORY = timedelta(days=28)
_LEAST_STRETCHES = 7
_RESAMPLES, _SEED = 400, 4
_RARE = 7.0  # days: what is rarer on a platform has reached it
_LEAST_MEMBERS = 5  # of a community: smaller ones are hardly one


def attention_share(facts: Facts) -> Told:
    r"""Tell which share of all tracked posts are the target's: :math:`N / N_{all}`.

    All posts: those of all watches on the platforms where the target is found, in the same time.
    Interval: Wilson. N: all posts.

    As Media Cloud's users ask for it (web-tools#936, #2016): robust to the collector's load.
    """
    if facts.all_posts is None:
        return unknown("there is no other watch to share the attention with")
    platforms = facts.acts["platform"].unique().implode()
    tracked = between(facts.all_posts, facts.since, facts.until)
    total = tracked.filter(pl.col("platform").is_in(platforms)).height
    own = int(facts.within["is_post"].sum())
    return share(min(own, total), total)


def author_growth(facts: Facts) -> Told:
    r"""Tell how many times the usual authors took part: :math:`A / \mathrm{median}_d A_d`.

    A_d: distinct authors of quiet stretches d as long as the window, whole days back in the 28 days
    before it; at least seven of them are needed. Interval: bootstrap over those stretches, and
    :math:`\pm 1.96 / \sqrt A` on the logarithm for the window's own. N: authors.

    Volume up and authors flat is amplification. Weng et al. (2014), Predicting Successful Memes
    using Network and Community Structure, ICWSM.
    """
    now = facts.tallies.count
    usual = _usual_authors(facts)
    if len(usual) < _LEAST_STRETCHES:
        return unknown(
            f"no usual to compare with: {len(usual)} quiet stretches as long before, "
            f"needs {_LEAST_STRETCHES}",
            now,
        )
    middle = float(np.median(usual))
    if not now or not middle:
        return unknown("no usual to compare with", now)
    rng = np.random.default_rng(_SEED)
    drawn = np.median(rng.choice(usual, (_RESAMPLES, len(usual))), axis=1)
    own = np.exp(rng.normal(0.0, 1 / sqrt(now), _RESAMPLES))
    ratios = now / np.maximum(drawn, 1.0) * own
    low, high = (float(limit) for limit in np.percentile(ratios, (2.5, 97.5)))
    value = now / middle
    note = f"{now:,} authors; {middle:,.0f} are usual"
    return Told(value=value, low=min(low, value), high=max(high, value), n=now, note=note)


def _usual_authors(facts: Facts) -> np.ndarray:
    """Count the authors of the quiet stretches before the window that are as long as it.

    They lie whole days back: an evening is compared with evenings.
    """
    step = DAY * max(1, ceil((facts.until - facts.since) / DAY))
    known_from = facts.known_from or facts.since
    counts = []
    anchor = facts.anchor or facts.since
    for back in range(1, _MEMORY // step + 1):
        start = anchor - back * step
        end = start + (facts.until - facts.since)
        left_out = (*facts.loud, (facts.since, facts.until))
        loud = any(first < end and last > start for first, last in left_out)
        if start >= known_from and not loud:
            counts.append(between(facts.acts, start, end)["author_id"].n_unique())
    return np.array(counts, dtype=np.float64)


def author_surprise(facts: Facts) -> Told:
    """Tell how improbable so many authors are: the largest -log10 of the chance in the window.

    As `analysis.trends.burst.scores` has it of the posts. It is a tail probability: no interval.
    """
    if facts.windows is None:
        return unknown("no usual to compare with")
    within = _of(facts.windows, facts, facts.step)
    score = within["author_score"].drop_nulls().max()
    if not isinstance(score, float):
        return unknown("no usual to compare with: it is still being learnt")
    return Told(value=score, n=int(within["authors"].sum()))


def first_time_share(facts: Facts) -> Told:
    r"""Tell which share of the authors did not act in the 28 days before. Wilson. N: authors.

    Needs 28 days of knowledge: who seems new before that may only have been missed.

    Weng, Menczer & Ahn (2013), Virality Prediction and Community Structure in Social Networks.
    """
    if facts.known_from is None or facts.since - facts.known_from < _MEMORY:
        return unknown("needs 28 days known before")
    activity = facts.acts.filter(pl.col("sort_at") < facts.until).select(ACTIVITY.names())
    told = newcomers(activity, since=facts.since, known_from=facts.known_from)
    if told is None:
        return unknown("too few authors")
    return Told(value=told.value, low=told.low, high=told.high, n=told.n)


def effective_platforms(facts: Facts) -> Told:
    r"""Tell on how many equally busy platforms it is: :math:`\exp(-\sum_p s_p \ln s_p)`.

    s_p: the share of its posts that are on platform p. Interval: normal on the entropy (Basharin
    1959). Where all that is known is on one platform, that says nothing. N: acts.
    """
    if _alone(facts.acts["platform"]):
        return unknown("one platform only", facts.within.height)
    counts = facts.within["platform"].value_counts(name="acts")["acts"].to_numpy()
    if not len(counts):
        return unknown("too few: N=0")
    entropy, margin = _entropy(counts.astype(np.float64))
    n = int(counts.sum())
    low, high = max(exp(entropy - margin), 1.0), exp(entropy + margin)
    return Told(value=exp(entropy), low=low, high=high, n=n)


def platforms_reached(facts: Facts, zone: str) -> Told:
    r"""Count the platforms on which so much came once in 7 days or more rarely.

    The hours of each platform are scored as all posts are (`analysis.trends.burst.scores`). It is
    a count: no interval. The note tells who led, where that is sure (`analysis.trends.lead`).
    """
    if facts.windows is None or _alone(facts.acts["platform"]):
        return unknown("one platform only", facts.within.height)
    reached, excesses = [], {}
    for (platform,), acts in facts.acts.group_by("platform"):
        volume = _volume_of(acts, facts.windows)
        scored = scores(volume, window=facts.step, zone=zone, until=facts.until)
        usual, posts = scored["expected"].sqrt(), volume["posts"].cast(pl.Float64).sqrt()
        here = _of(scored.with_columns(excess=posts - usual), facts, facts.step)
        excesses[str(platform)] = here["excess"]
        score = here["score"].drop_nulls().max()
        if isinstance(score, float) and once_in_days(score, timedelta(days=1) / facts.step) > _RARE:
            reached.append(str(platform))
    led = [
        f"{one.leader} led {one.follower} by {one.lag:g} h ({one.low:g} to {one.high:g})"
        for one in leads(excesses, window=facts.step)
    ]
    note = "; ".join([f"unusual on {', '.join(sorted(reached))}"] * bool(reached) + led)
    return Told(value=float(len(reached)), n=facts.within.height, note=note)


def _alone(platforms: pl.Series) -> bool:
    """Tell whether there are fewer than two; comparing takes a hundredth of counting text."""
    unknown_ones = platforms.null_count()
    if unknown_ones or platforms.is_empty():
        return unknown_ones == len(platforms)
    return bool((platforms == platforms[0]).all())


def community_spread(facts: Facts) -> Told:
    r"""Tell how evenly its authors come from all communities: :math:`-\sum p_c \ln p_c / \ln C`.

    p_c: the share of the authors that are of community c of the 28 days before, of those known to
    be of one with five members or more; C: how many such communities there are. Interval: normal
    on the entropy (Basharin 1959). N: authors of a known community.

    Weng, Menczer & Ahn (2013), Virality Prediction and Community Structure in Social Networks.
    """
    counts, communities, note = _adopters(facts)
    n = int(counts.sum())
    if communities < 2 or not n:
        return unknown(note or "fewer than two communities before", n)
    entropy, margin = _entropy(counts)
    scale = log(communities)
    low, high = max((entropy - margin) / scale, 0.0), min((entropy + margin) / scale, 1.0)
    return Told(value=entropy / scale, low=low, high=high, n=n, note=note)


def dominance(facts: Facts) -> Told:
    r"""Tell which share of its authors is of the community that gives most: :math:`\max p_c`."""
    counts, communities, note = _adopters(facts)
    n = int(counts.sum())
    if communities < 2 or not n:
        return unknown(note or "fewer than two communities before", n)
    return share(int(counts.max()), n)


def _adopters(facts: Facts) -> tuple[np.ndarray, int, str]:
    """Count the authors of each community, and the communities; and say what is missing."""
    fitting = [one for one in facts.partitions if one.since <= facts.since]
    if not fitting:
        return np.zeros(0), 0, "needs the communities of 28 days before"
    known = max(fitting, key=lambda one: one.since).community_of
    members = pl.DataFrame(
        {"author_id": list(known), "community": list(known.values())},
        schema={"author_id": pl.UInt64, "community": pl.Int64},
    )
    large = members.filter(pl.len().over("community") >= _LEAST_MEMBERS)
    authors = facts.within.select("author_id").unique()
    adopters = authors.join(large, on="author_id")["community"].value_counts(name="authors")
    note = f"{adopters['authors'].sum():,} of {authors.height:,} authors are of a known community"
    counts = adopters["authors"].to_numpy().astype(np.float64)
    return counts, large["community"].n_unique(), note


def _entropy(counts: np.ndarray) -> tuple[float, float]:
    """Give the entropy of counts and the margin of its 95 % interval."""
    n = float(counts.sum())
    p = counts / n
    logs = np.log(p)
    entropy = -float(p @ logs)
    return entropy, Z * sqrt(max(float(p @ (logs * logs)) - entropy**2, 0.0) / n)


def _of(windows: pl.DataFrame, facts: Facts, step: timedelta) -> pl.DataFrame:
    """Give the windows that lie in the time asked about, at least by half."""
    start = pl.col("window_start") + step / 2
    return windows.filter(start >= facts.since, start < facts.until)


def _volume_of(acts: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Count the posts of a platform on the windows of all; unknown where all are."""
    starts: pl.Series = windows["window_start"]
    moments = acts["sort_at"].dt.timestamp("us").to_numpy()
    place = starts.dt.timestamp("us").to_numpy().searchsorted(moments, side="right") - 1
    counted = (
        acts.with_columns(place=pl.Series(place, dtype=pl.Int64))
        .group_by("place")
        .agg(
            posts=pl.col("is_post").sum().cast(pl.Int64),
            authors=pl.col("author_id").n_unique().cast(pl.Int64),
            reposts=pl.col("is_repost").sum().cast(pl.Int64),
        )
    )
    joined = (
        windows.select("window_start", "coverage", known=pl.col("posts").is_not_null())
        .with_row_index("place")
        .cast({"place": pl.Int64})
        .join(counted, on="place", how="left", maintain_order="left")
    )
    return joined.select(
        "window_start",
        *(
            pl.when("known").then(pl.col(name).fill_null(0)).alias(name)
            for name in ("posts", "authors", "reposts")
        ),
        "coverage",
    ).cast(VOLUME)
