"""The largest cascades: what was passed on most, how fast, how far, through whom."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from analysis.graphs.cascade.shape import shape_of
from analysis.graphs.cascade.timing import doubling_time, half_life
from monitor.engines import Engine, engine_of
from monitor.genesis.amplifiers import amplifiers, chain_of
from monitor.genesis.names import Names
from monitor.genesis.records import Cascade

KINDS = ("repost", "quote", "forward")  # what passes a post on; a reply answers it
_LEAST = 2  # times passed on, or it is no cascade
_ROWS = 250_000  # that are handed over at once
_PASSED = pl.Schema({"target_post_key": pl.String()})


def largest(acts: pl.DataFrame, count: int, engine: Engine | None = None) -> pl.DataFrame:
    """Give the acts of the largest cascades: ACTS, one cascade after the other, each in time.

    Acts of unknown time are left out. engine: what counts how often each post was passed on; None:
    Polars.
    """
    passed = acts.filter(pl.col("kind").is_in(KINDS)).drop_nulls(["target_post_key", "acted_at"])
    counting = engine_of("polars") if engine is None else engine
    rows = counting.load(passed.select("target_post_key").iter_slices(_ROWS), _PASSED)
    sizes = rows.group_by("target_post_key").agg(size=nw.len()).filter(nw.col("size") >= _LEAST)
    counted = counting.collect(sizes)
    top = counted.sort("size", "target_post_key", descending=[True, False]).head(count)
    ranked = top.with_row_index("rank").select("target_post_key", "rank")
    return passed.join(ranked, on="target_post_key").sort(
        "rank", "acted_at", "author_key", "kind", "post_key", nulls_last=True
    )


def cascades(posts: pl.DataFrame, acts: pl.DataFrame, names: Names) -> list[Cascade]:
    """Describe cascades. posts: of POSTS key, author, platform, kind, sort_at, text, repost_of_key
    and followers; acts: as `largest` gives them.
    """
    if acts.is_empty():
        return []
    fans = dict(posts.select("author_key", "followers").drop_nulls().unique("author_key").rows())
    roots = posts.filter(pl.col("post_key").is_in(acts["target_post_key"].unique().implode()))
    by_key = {row["post_key"]: row for row in roots.iter_rows(named=True)}
    copies = (
        posts.filter(pl.col("repost_of_key").is_in(acts["target_post_key"].unique().implode()))
        .filter(pl.col("text").fill_null("") != "", pl.col("kind") == "repost")
        .unique("repost_of_key", keep="first", maintain_order=True)
    )
    # On X a repost has the text of what it passes on, cut, behind whose it is.
    whole = pl.col("text").str.replace(r"^RT @\w+: ", "")
    texts = dict(copies.select("repost_of_key", whole).iter_rows())
    return [
        _cascade(one, by_key, texts, fans, names)
        for one in acts.partition_by("rank", maintain_order=True)
    ]


def _cascade(
    acts: pl.DataFrame,
    roots: dict[str, dict[str, Any]],
    texts: dict[str, str],
    fans: dict[str, int],
    names: Names,
) -> Cascade:
    key: str = acts["target_post_key"][0]
    root = roots.get(key, {})
    chain = chain_of(acts, root.get("author_key"), root.get("sort_at"), fans)
    who = names.who(chain.whose[0]) if chain.whose[0] else None
    shape = shape_of(chain.tree.parent)
    others = acts.height - chain.tree.given
    by_followers = chain.tree.way == "followers"
    quotes = acts.filter(pl.col("kind") == "quote").height
    return Cascade(
        post=names.post(key),
        account=who.account if who else None,
        handle=who.handle if who else None,
        platform=key.partition(":")[0],
        at=root.get("sort_at"),
        text=names.text(root.get("text") or texts.get(key)),
        size=shape.size,
        reposts=acts.height - quotes,
        quotes=quotes,
        accounts=acts["author_key"].n_unique(),
        first_passed_at=acts["acted_at"][0],
        last_passed_at=acts["acted_at"][-1],
        depth=shape.depth,
        structural_virality=round(shape.virality, 3),
        doubling_time_seconds=_tenths(doubling_time(chain.at[1:])),
        half_life_seconds=_tenths(half_life(chain.at[1:], chain.at[0])),
        parents_given=chain.tree.given,
        parents_inferred=others if by_followers else 0,
        parents_assumed=0 if by_followers else others,
        amplifiers=amplifiers(chain, fans, names),
    )


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
