"""Posts, authors and reposts per window, with gaps told apart from silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from analysis.frames import ACTIVITY, COVERAGE, VOLUME, require
from analysis.trends.calendar import day_start
from analysis.trends.silence import improbable_silence

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LEAST_COVERAGE = 0.5  # below it a window says more about the source than about the hashtag
_COUNTS = ("posts", "authors", "reposts")


def grid(since: datetime, until: datetime, window: timedelta, zone: str) -> pl.DataFrame:
    """Give every window that touches [since, until), as the column window_start (UTC).

    Days begin at midnight in `zone`, weeks on Monday; shorter windows are counted from that
    midnight, so they must divide a day. A day on which clocks are put back has more of them; a
    day that a zone skips has none.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> grid(noon, noon + timedelta(days=1), timedelta(days=1), "Asia/Jakarta").height
    2
    >>> grid(noon, noon, timedelta(days=1), "Asia/Jakarta").height
    0
    """
    _check_window(window)
    days = _midnights(since, until, max(window, _DAY), zone)
    starts = days.alias("window_start")
    if window < _DAY:
        spans = pl.DataFrame({"day": days, "end": days.shift(-1)}).head(-1)
        steps = pl.datetime_ranges("day", "end", window, closed="left")
        starts = spans.select(window_start=steps).explode("window_start").to_series()
    frame = pl.DataFrame({"window_start": starts, "end": starts.shift(-1, fill_value=None)})
    touched = (pl.col("window_start") < until) & (pl.col("end").is_null() | (pl.col("end") > since))
    kept = frame.filter(touched) if since < until else frame.clear()
    return kept.select("window_start")


def volume(
    activity: pl.DataFrame,
    *,
    since: datetime,
    until: datetime,
    window: timedelta,
    zone: str,
    coverage: pl.DataFrame | None,
) -> pl.DataFrame:
    r"""Count each window of [since, until): VOLUME, on the full grid of `zone`.

    activity: ACTIVITY, in any order. posts counts the rows that are posts, reposts those that
    are reposts, authors the distinct authors of all acts. The first and the last window count
    only what lies between since and until.

    coverage: COVERAGE. A window covered by less than half is a gap (null); so is one that the
    frame leaves out. A covered silence is 0. Where nobody can say (None, or a null share),
    silence is 0 too, unless it is improbable: k silent windows in a row are a gap if

    .. math:: \lambda k > 7

    where :math:`\lambda` is the mean number of acts per window from the first to the last active
    window (see `improbable_silence`): missing data is never zero.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> acts = [(noon, 1, True, False, None), (noon, 1, True, True, None)]
    >>> activity = pl.DataFrame(acts, schema=ACTIVITY, orient="row")
    >>> until = noon + 2 * _HOUR
    >>> hourly = volume(
    ...     activity, since=noon, until=until, window=_HOUR, zone="Asia/Jakarta", coverage=None
    ... )
    >>> hourly.select("posts", "authors", "reposts").rows()
    [(2, 1, 1), (0, 0, 0)]
    """
    windows = _with_coverage(grid(since, until, window, zone), coverage)
    within = require(activity, ACTIVITY).filter(
        pl.col("sort_at") >= since, pl.col("sort_at") < until
    )
    counted = _count(within, windows["window_start"])
    counts = windows.join(counted, on="window_start", how="left", maintain_order="left")
    counts = counts.with_columns(pl.col("acts", *_COUNTS).fill_null(0))
    gap = (pl.col("coverage") < _LEAST_COVERAGE).fill_null(value=False)
    silence = _improbable(counts.with_columns(gap=gap), window)
    hidden = gap | silence
    nulled = counts.with_columns(
        pl.when(~hidden).then(pl.col(name)).alias(name) for name in _COUNTS
    )
    return require(nulled.select(VOLUME.names()), VOLUME)


def _check_window(window: timedelta) -> None:
    """Refuse a window that would not tile the days of a calendar."""
    if window <= timedelta(0) or (window % _DAY if window >= _DAY else _DAY % window):
        raise ValueError(f"a window is whole days, or a whole part of a day: {window}")


def _midnights(since: datetime, until: datetime, period: timedelta, zone: str) -> pl.Series:
    """Return the local midnights, in UTC, from before since to after until."""
    first = since.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    # Clocks that are put back may show the time before a midnight that has passed.
    last = until.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + 2 * period
    weeks = period.days % 7 == 0
    step = f"{period.days // 7}w" if weeks else f"{period.days}d"
    naive = pl.Series("day", [first, last], dtype=pl.Datetime("us")).dt.truncate(step)
    days = pl.datetime_range(naive[0], naive[1], step, eager=True).dt.cast_time_unit("us")
    local = pl.Series(days).alias("day").to_frame()
    at = pl.col("day").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    known = local.select("day", at=at.dt.convert_time_zone("UTC").dt.cast_time_unit("us"))
    skipped = known.filter(pl.col("at").is_null())["day"].to_list()
    began = [day_start(day.date(), ZoneInfo(zone)) for day in skipped]
    later = pl.Series("at", began, dtype=known.schema["at"])
    return pl.concat([known["at"].drop_nulls(), later]).unique().sort().alias("day")


def _with_coverage(windows: pl.DataFrame, coverage: pl.DataFrame | None) -> pl.DataFrame:
    """Add the coverage of each window: 0 where it is not given, null where nobody can say."""
    if coverage is None:
        return windows.with_columns(coverage=pl.lit(None, pl.Float64))
    known = require(coverage, COVERAGE).with_columns(given=True)
    joined = windows.join(known, on="window_start", how="left", maintain_order="left")
    share = pl.when(pl.col("given").is_null()).then(0.0).otherwise(pl.col("coverage"))
    return joined.select("window_start", coverage=share)


def _count(activity: pl.DataFrame, starts: pl.Series) -> pl.DataFrame:
    """Count the acts of each window that has any: window_start, acts, posts, authors, reposts."""
    # Looking the window up costs a tenth of truncating a million times in a local zone.
    moments = activity["sort_at"].dt.timestamp("us").to_numpy()
    place = starts.dt.timestamp("us").to_numpy().searchsorted(moments, side="right") - 1
    return (
        activity.with_columns(place=pl.Series(place, dtype=pl.Int64))
        .group_by("place")
        .agg(
            acts=pl.len().cast(pl.Int64),
            posts=pl.col("is_post").sum().cast(pl.Int64),
            authors=pl.col("author_id").n_unique().cast(pl.Int64),
            reposts=pl.col("is_repost").sum().cast(pl.Int64),
        )
        .select(pl.lit(starts).gather(pl.col("place")).alias("window_start"), pl.exclude("place"))
    )


def _improbable(counts: pl.DataFrame, window: timedelta) -> pl.Series:
    """Mark the windows whose silence nobody vouches for and that is too long to be a calm."""
    silent = pl.col("coverage").is_null() & (pl.col("acts") == 0)
    runs = counts.select("acts", "gap", silent=silent).with_columns(run=pl.col("silent").rle_id())
    observed = runs.with_row_index("place").filter(~pl.col("gap"))
    active = observed.filter(pl.col("acts") > 0)["place"]
    if active.is_empty():
        return pl.Series([False] * counts.height, dtype=pl.Boolean)
    span = observed.filter(pl.col("place").is_between(active[0], active[-1]))
    hours = window / _HOUR
    rate_per_hour = float(span["acts"].sum()) / (span.height * hours)
    lengths = runs.filter("silent").group_by("run").len("windows")
    missing = [
        run
        for run, windows in lengths.iter_rows()
        if improbable_silence(rate_per_hour, windows * hours)
    ]
    return runs.select(pl.col("silent") & pl.col("run").is_in(missing)).to_series()
