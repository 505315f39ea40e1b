"""How short is quick: the window in which sharing the same thing is unusually fast."""

from __future__ import annotations

import polars as pl

_QUICKEST = 0.1  # share of the objects whose second sharer came soonest
_HALF = 0.5  # of an object's shares
_LEAST_OBJECTS = 10


def estimated_window(shares: pl.DataFrame) -> int | None:
    r"""Give the window of what is shared unusually fast, in seconds; None with too few objects.

    Of the objects with at least two shares, the tenth whose second share came soonest; of each of
    those the seconds until half of its shares were there; of these the median, at least a second.

    shares: object, at (seconds). Giglietto, Righetti, Rossi & Marino (2020), It takes a village to
    manipulate the media, Information, Communication & Society 23(6): the interval of CooRnet. It
    then sorts shares into fixed bins of that width, which miss pairs that straddle a border; here
    the window slides.

    >>> rows = [(n, at) for n in range(20) for at in (0, 5 + 10 * n, 100 + 10 * n)]
    >>> estimated_window(pl.DataFrame(rows, schema=["object", "at"], orient="row"))
    10
    """
    ranked = shares.sort("object", "at").with_columns(
        since=pl.col("at") - pl.col("at").first().over("object"),
        place=pl.int_range(1, pl.len() + 1).over("object"),
        all=pl.len().over("object"),
    )
    second = ranked.filter(pl.col("place") == 2).select("object", second="since")
    if second.height < _LEAST_OBJECTS:
        return None
    quickest = second["second"].quantile(_QUICKEST, "linear")
    chosen = ranked.join(second.filter(pl.col("second") <= quickest), on="object", how="semi")
    reached = chosen.filter(pl.col("place") >= (pl.col("all") * _HALF).ceil())
    until = reached.group_by("object").agg(pl.col("since").min())["since"].median()
    return max(1, round(float(until))) if isinstance(until, int | float) else None
