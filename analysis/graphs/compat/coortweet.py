"""Coordinated pairs and their network as CooRTweet finds them, on any engine.

Followed to the letter, also where one would decide otherwise: a pair stays when either of its
posts has an active author, where both would be the plainer rule; and `n_content_id` counts the
older posts of an edge and not those of its first account, because the accounts of a pair are
sorted and its posts are not. What stands here says what CooRTweet says; it is no claim of ours.

Righetti & Balluff (2025), CooRTweet: A Generalized R Software for Coordinated Network Detection,
Computational Communication Research 7(1); the behaviour of version 2.1.3.
"""

from __future__ import annotations

from math import ceil, floor

import narwhals as nw
import polars as pl

from analysis.graphs.coaction import Keep, Lazy

# One row per share of an object, none of them null.
SHARES = pl.Schema(
    {
        "object_id": pl.String(),  # what is shared: a post, an address, a hashtag
        "account_id": pl.String(),
        "content_id": pl.String(),  # the post that shares it
        "timestamp": pl.Int64(),  # seconds
        "row": pl.Int64(),  # the order of the input, which decides between equal times
    }
)
PAIRS = pl.Schema(
    {
        "object_id": pl.String(),
        "content_id": pl.String(),  # the older post
        "content_id_y": pl.String(),
        "account_id": pl.String(),
        "account_id_y": pl.String(),
        "time_delta": pl.Int64(),  # seconds, never negative
    }
)
NETWORK = pl.Schema(
    {
        "account_id": pl.String(),  # the lower of the two
        "account_id_y": pl.String(),
        "weight": pl.Int64(),  # pairs
        "avg_time_delta": pl.Float64(),  # seconds
        "n_content_id": pl.Int64(),  # distinct older posts, of whichever account
        "n_content_id_y": pl.Int64(),
        "edge_symmetry": pl.Float64(),  # the lower of these two counts by the higher
        "above": pl.Boolean(),  # heavier than the quantile of all weights
    }
)


def detect_groups(
    shares: Lazy, *, within: int, min_participation: int, loops: bool, keep: Keep
) -> Lazy:
    """Give the pairs of posts that share an object at most `within` seconds apart: PAIRS.

    1. Accounts with at least `min_participation` shares take part. 2. Every two of their shares
    of an object that are near enough are a pair; of two at the same time, that of the account
    which comes first in the input is the older, and of one account's the earlier row. 3. Unless
    `loops`, no pair of one account, of one post, or with the shared object itself. 4. Of the
    shares whose post is in a pair, an account needs `min_participation`; a pair stays if either
    post is one of such an account.

    shares: SHARES. loops: CooRTweet's `remove_loops = FALSE`. keep: computes a step once, as
    engines do. The order of rows is not defined. Raises `ValueError` for a negative window.

    >>> rows = [("o", "a", "1", 0, 0), ("o", "b", "2", 9, 1), ("o", "c", "3", 30, 2)]
    >>> shares = nw.from_native(pl.LazyFrame(rows, SHARES, orient="row"))
    >>> pairs = detect_groups(shares, within=10, min_participation=1, loops=False, keep=lambda f: f)
    >>> pairs.collect().rows()
    [('o', '1', '2', 'a', 'b', 9)]
    """
    if within < 0:
        raise ValueError(f"the window must not be negative, and {within} is")
    active = shares.with_columns(
        first=nw.col("row").min().over("account_id"), shares=nw.len().over("account_id")
    ).filter(nw.col("shares") >= min_participation)
    active = keep(active.drop("shares"))
    pairs = _near(active, within=within)
    if not loops:
        pairs = _without_loops(pairs)
    pairs = pairs.select(*PAIRS)
    if min_participation <= 1:
        return pairs  # each post in a pair is one share of its account
    pairs = keep(pairs)
    return _with_active_side(pairs, active, min_participation=min_participation)


def network(pairs: pl.DataFrame, *, quantile: float = 0.5) -> pl.DataFrame:
    r"""Give the undirected network of pairs: NETWORK, sorted by the two accounts.

    weight = number of pairs; edge symmetry = min(n, n_y) / max(n, n_y) of its distinct older and
    younger posts; above = weight > the quantile of all weights (R's type 7). The edges above are
    CooRTweet's `subgraph = 1`. Accounts are ordered by code points; R orders them by its locale,
    which moves names between the two columns and nothing else.

    pairs: PAIRS. Raises `ValueError` for a quantile outside 0 to 1.

    >>> rows = [("o", "1", "2", "b", "a", 4), ("p", "3", "4", "a", "b", 6), ("p", "3", "5", "a",
    ...     "c", 0)]
    >>> network(pl.DataFrame(rows, PAIRS, orient="row")).rows()[0]
    ('a', 'b', 2, 5.0, 2, 2, 1.0, True)
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"a quantile is between 0 and 1, and {quantile} is not")
    one, other = pl.col("account_id"), pl.col("account_id_y")
    n, n_y = pl.col("n_content_id"), pl.col("n_content_id_y")
    edges = (
        pairs.with_columns(
            account_id=pl.min_horizontal(one, other), account_id_y=pl.max_horizontal(one, other)
        )
        .group_by("account_id", "account_id_y")
        .agg(
            pl.len().alias("weight"),
            pl.col("time_delta").mean().alias("avg_time_delta"),
            pl.col("content_id").n_unique().alias("n_content_id"),
            pl.col("content_id_y").n_unique().alias("n_content_id_y"),
        )
        .sort("account_id", "account_id_y")
    )
    least = _quantile(edges["weight"].sort().to_list(), quantile)
    return edges.with_columns(
        edge_symmetry=pl.min_horizontal(n, n_y) / pl.max_horizontal(n, n_y),
        above=pl.col("weight") > pl.lit(least, pl.Float64()),
    ).cast(NETWORK)


def _near(active: Lazy, *, within: int) -> Lazy:
    """Give each two shares of an object that are near in time, the older first.

    The later one is in the bucket of the older, of `within` + 1 seconds, or in the next one.
    """
    placed = active.with_columns(bucket=nw.col("timestamp") // (within + 1))
    later = nw.concat(
        [
            placed.select(
                "object_id",
                (nw.col("bucket") - shift).alias("bucket"),
                *(
                    nw.col(name).alias(f"{name}_y")
                    for name in ("account_id", "content_id", "timestamp", "first", "row")
                ),
            )
            for shift in (0, 1)
        ]
    )
    met = placed.join(later, on=["object_id", "bucket"], how="inner")
    met = met.with_columns(time_delta=nw.col("timestamp_y") - nw.col("timestamp"))
    first, first_y = nw.col("first"), nw.col("first_y")
    behind = (first_y > first) | ((first_y == first) & (nw.col("row_y") > nw.col("row")))
    delta = nw.col("time_delta")
    return met.filter((delta <= within) & ((delta > 0) | ((delta == 0) & behind)))


def _without_loops(pairs: Lazy) -> Lazy:
    shared, post, post_y = (nw.col(name) for name in ("object_id", "content_id", "content_id_y"))
    return pairs.filter(
        (shared != post)
        & (shared != post_y)
        & (post != post_y)
        & (nw.col("account_id") != nw.col("account_id_y"))
    )


def _with_active_side(pairs: Lazy, active: Lazy, *, min_participation: int) -> Lazy:
    """Keep the pairs of which either post is among those of an account that is active in pairs."""
    paired = nw.concat(
        [pairs.select("content_id"), pairs.select(content_id="content_id_y")]
    ).unique()
    shares = active.select("account_id", "content_id").join(paired, on="content_id", how="semi")
    enough = (
        shares.group_by("account_id")
        .agg(shares=nw.len())
        .filter(nw.col("shares") >= min_participation)
        .select("account_id")
    )
    posts = shares.join(enough, on="account_id", how="semi").select(post="content_id").unique()
    return nw.concat(
        [
            pairs.join(posts, left_on="content_id", right_on="post", how="semi"),
            pairs.join(posts, left_on="content_id", right_on="post", how="anti").join(
                posts, left_on="content_id_y", right_on="post", how="semi"
            ),
        ]
    )


def _quantile(ordered: list[int], share: float) -> float | None:
    """R's type 7, in R's order of operations: its last bit decides what is above."""
    if not ordered:
        return None
    place = 1 + (len(ordered) - 1) * share
    low, high = ordered[floor(place) - 1], ordered[ceil(place) - 1]
    if low == high:
        return float(low)
    part = place - floor(place)
    return (1 - part) * low + part * high
