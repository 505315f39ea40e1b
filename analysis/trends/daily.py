"""The components of the dials, day by day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import polars as pl

from analysis.frames import ACTIVITY, PLATFORM_ACTS, require
from analysis.trends.dials import MOBILISATION, ORCHESTRATION, Dial, dial

_DAY = timedelta(days=1)
_LEAST_ACTS, _LEAST_AUTHORS = 30, 20
COMPONENTS = (
    "attention_share",
    "author_growth",
    "platforms",
    "originality",
    "near_duplicates",
    "concentration",
)


def daily_components(
    activity: pl.DataFrame, platforms: pl.DataFrame, *, until: datetime, all_posts: pl.DataFrame
) -> pl.DataFrame:
    r"""Give the components of each 24 hours before `until`: day (0 the last one), COMPONENTS.

    activity: ACTIVITY. platforms: PLATFORM_ACTS of the same posts. all_posts: a column sort_at of
    the posts of all watches together. Null with fewer than 30 acts or 20 authors in the day.

    * attention_share: posts / posts of all watches
    * author_growth: distinct authors (ranked against other days, that is their growth)
    * platforms: effective number, :math:`\exp(-\sum p \ln p)` of the posts on each
    * originality: acts that are no reposts / acts
    * near_duplicates: chance that two posts have the same text, :math:`\sum m (m - 1) / T (T - 1)`
    * concentration: chance that two acts are by the same author, likewise (Simpson's index)

    Shares of the most active, or of repeated texts, change with the number of posts alone; these
    do not.

    Simpson (1949), Measurement of Diversity, Nature 163.
    """
    require(activity, ACTIVITY)
    day = ((pl.lit(until) - pl.col("sort_at")).dt.total_microseconds() - 1) // 86_400_000_000
    acts = activity.with_columns(day=day).filter(pl.col("day") >= 0)
    counted = acts.group_by("day").agg(
        acts=pl.len(),
        posts=pl.col("is_post").sum(),
        author_growth=pl.col("author_id").n_unique().cast(pl.Float64),
        reposts=pl.col("is_repost").sum(),
    )
    texts = acts.filter(~pl.col("is_repost"), pl.col("text_id").is_not_null())
    total = all_posts.with_columns(day=day).group_by("day").agg(total=pl.len())
    spread = _effective(require(platforms, PLATFORM_ACTS).with_columns(day=day))
    joined = counted
    for more in (
        _together(acts, "author_id", "concentration"),
        _together(texts, "text_id", "near_duplicates"),
        total,
        spread,
    ):
        joined = joined.join(more, on="day", how="left")
    enough = (pl.col("acts") >= _LEAST_ACTS) & (pl.col("author_growth") >= _LEAST_AUTHORS)
    values = joined.with_columns(
        attention_share=pl.col("posts") / pl.col("total"),
        originality=1 - pl.col("reposts") / pl.col("acts"),
    )
    return values.sort("day").select("day", pl.when(enough).then(pl.col(*COMPONENTS)))


def _together(acts: pl.DataFrame, by: str, name: str) -> pl.DataFrame:
    """Give, for each day, the chance that two of its rows are the same in a column."""
    size = pl.col("len").cast(pl.Float64)
    total = size.sum()
    return (
        acts.group_by("day", by)
        .len()
        .group_by("day")
        .agg((size * (size - 1)).sum().truediv(total * (total - 1)).alias(name))
        .with_columns(pl.col(name).fill_nan(None))
    )


def _effective(platforms: pl.DataFrame) -> pl.DataFrame:
    share = pl.col("len") / pl.col("len").sum().over("day")
    return (
        platforms.group_by("day", "platform")
        .len()
        .with_columns(term=-share * share.log())
        .group_by("day")
        .agg(platforms=pl.col("term").sum().exp())
    )


def dials(daily: pl.DataFrame, *, loud: Collection[int] = ()) -> tuple[Dial, Dial]:
    """Give M and O of the last day against the quiet ones before it.

    daily: as `daily_components` gives it. loud: days that had a burst, which are no quiet days.
    """
    last = daily.filter(pl.col("day") == 0)
    past = daily.filter(pl.col("day") > 0, ~pl.col("day").is_in(list(loud)))
    now = last.to_dicts()[0] if last.height else {}
    series = {name: past[name].to_list() for name in COMPONENTS}
    return dial(MOBILISATION, now, series), dial(ORCHESTRATION, now, series)
