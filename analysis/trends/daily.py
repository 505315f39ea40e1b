"""The components of the dials, day by day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import polars as pl

from analysis.frames import ACTIVITY, PLATFORM_ACTS, require
from analysis.trends.dials import MOBILISATION, ORCHESTRATION, Dial, dial

_DAY = timedelta(days=1)
_LEAST_ACTS, _LEAST_AUTHORS = 30, 20
_TOP = 10
COMPONENTS = (
    "attention_share",
    "author_growth",
    "platforms",
    "originality",
    "near_duplicates",
    "top10_share",
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
    * originality: posts that are no reposts and repeat no text / acts
    * near_duplicates: posts whose text another has as well / posts with text
    * top10_share: share of the acts by the ten most active
    """
    require(activity, ACTIVITY)
    day = ((pl.lit(until) - pl.col("sort_at")).dt.total_microseconds() - 1) // 86_400_000_000
    acts = activity.with_columns(day=day).filter(pl.col("day") >= 0)
    texts = pl.col("text_id").filter(~pl.col("is_repost")).drop_nulls()
    counted = acts.group_by("day").agg(
        acts=pl.len(),
        posts=pl.col("is_post").sum(),
        author_growth=pl.col("author_id").n_unique().cast(pl.Float64),
        reposts=pl.col("is_repost").sum(),
        texts=texts.len(),
        distinct=texts.n_unique(),
    )
    top = (
        acts.group_by("day", "author_id")
        .len()
        .group_by("day")
        .agg(top=pl.col("len").top_k(_TOP).sum())
    )
    total = all_posts.with_columns(day=day).group_by("day").agg(total=pl.len())
    spread = _effective(require(platforms, PLATFORM_ACTS).with_columns(day=day))
    joined = counted.join(top, on="day").join(total, on="day", how="left")
    joined = joined.join(spread, on="day", how="left").sort("day")
    enough = (pl.col("acts") >= _LEAST_ACTS) & (pl.col("author_growth") >= _LEAST_AUTHORS)
    repeated = pl.col("texts") - pl.col("distinct")
    values = joined.with_columns(
        attention_share=pl.col("posts") / pl.col("total"),
        originality=(pl.col("acts") - pl.col("reposts") - repeated) / pl.col("acts"),
        near_duplicates=pl.when(pl.col("texts") > 0).then(repeated / pl.col("texts")),
        top10_share=pl.col("top") / pl.col("acts"),
    )
    return values.select("day", pl.when(enough).then(pl.col(*COMPONENTS)))


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
