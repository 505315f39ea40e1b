"""The tables of an answer: accounts, edges and evidence by the names that people know."""

from __future__ import annotations

import polars as pl

from analysis.graphs.coordination import Coordination
from analysis.graphs.traces import TRACE_NAMES
from monitor.coordination.found import ACCOUNTS, EDGES, EVIDENCE
from monitor.coordination.lookup import Lookup

_TIME = pl.Datetime("us", "UTC")


def account_table(found: Coordination, named: Lookup) -> pl.DataFrame:
    """Give every account seen, most coordinated first: ACCOUNTS."""
    return (
        named.authors.join(found.scores, on="author", how="left")
        .join(found.groups, on="author", how="left")
        .with_columns(_settled("q"), _settled("score").fill_null(0.0))
        .sort("score", "account", descending=[True, False])
        .select(ACCOUNTS.names())
        .cast(ACCOUNTS)
    )


def edge_table(found: Coordination, ties: pl.DataFrame, named: Lookup) -> pl.DataFrame:
    """Give both ways of every pair that survived: EDGES, the surest first. ties: TIES."""
    one, other = pl.col("author"), pl.col("author_b")
    judged = ties.with_columns(
        low=pl.min_horizontal(one, other), high=pl.max_horizontal(one, other)
    ).join(found.pairs, on=["low", "high"])
    edges = _with_accounts(judged, named).join(
        _group_of(found), on=["author", "author_b"], how="left"
    )
    ids = named.posts.select("post", "id")
    listed = (
        edges.select("author", "author_b", post="posts")
        .explode("post")
        .join(ids, on="post", how="left", maintain_order="left")
        .group_by("author", "author_b", maintain_order=True)
        .agg(listed=pl.col("id"))
    )
    return (
        edges.join(listed, on=["author", "author_b"])
        .with_columns(
            *(pl.from_epoch(name).dt.replace_time_zone("UTC").cast(_TIME)
              for name in ("first_at", "last_at")),
            _settled("q"),
            _settled("expected"),
            posts="listed",
            by=_name("trace"),
        )
        .sort("q", "source", "target")
        .select(EDGES.names())
        .cast(EDGES)
    )  # fmt: skip


def evidence_table(found: Coordination, meetings: pl.DataFrame, named: Lookup) -> pl.DataFrame:
    """Give the meetings behind the edges: EVIDENCE, by group and time. meetings: as `evidence`."""
    met = _with_accounts(meetings, named, names=("first_account", "then_account"))
    met = met.join(_group_of(found), on=["author", "author_b"], how="left")
    first = named.posts.rename({"id": "first_post"})
    met = met.join(first, on="post", how="left").join(
        named.posts.select(post_b="post", then_post="id"), on="post_b", how="left"
    )
    what = pl.coalesce(
        pl.when(pl.col("trace") == number).then(pl.col(name))
        for number, name in enumerate(TRACE_NAMES)
    )
    return (
        met.with_columns(
            pl.from_epoch("at").dt.replace_time_zone("UTC").cast(_TIME).alias("first_at"),
            pl.from_epoch("at_b").dt.replace_time_zone("UTC").cast(_TIME).alias("then_at"),
            what=what,
            by=_name("trace"),
            delay=pl.col("at_b") - pl.col("at"),
        )
        .sort("group", "first_at", "then_at", "first_account", "then_account", nulls_last=True)
        .select(EVIDENCE.names())
        .cast(EVIDENCE)
    )


def _settled(column: str) -> pl.Expr:
    """Give the digits that are the same each time: engines add up in the order that suits them."""
    return pl.col(column).round_sig_figs(9)


def _name(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(TRACE_NAMES)), return_dtype=pl.String)


def _with_accounts(
    frame: pl.DataFrame, named: Lookup, names: tuple[str, str] = ("source", "target")
) -> pl.DataFrame:
    for column, name in zip(("author", "author_b"), names, strict=True):
        of = named.authors.select(pl.col("author").alias(column), pl.col("account").alias(name))
        frame = frame.join(of, on=column, how="left")
    return frame


def _group_of(found: Coordination) -> pl.DataFrame:
    """Give the group that both ends of a pair are in: author, author_b, group."""
    of = found.groups.select("author", "group")
    pairs = found.pairs.select(author="low", author_b="high")
    both = pl.concat([pairs, pairs.select(author="author_b", author_b="author")])
    joined = both.join(of, on="author").join(
        of.select(author_b="author", other="group"), on="author_b"
    )
    same = joined.filter(pl.col("group") == pl.col("other"))
    return same.select("author", "author_b", "group").unique()
