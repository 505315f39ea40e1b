"""Who acted on whom, out of the columns of posts."""

from __future__ import annotations

import polars as pl

from analysis.frames import ACTS

# What a file may say beyond POSTS: whose post it was that is passed on, quoted or answered.
TARGETS = pl.Schema(
    {f"{of}_author_key": pl.String() for of in ("repost_of", "quote_of", "reply_to")}
)
# The columns of POSTS that acts are made of.
COLUMNS = (
    "post_key", "author_key", "handle", "platform", "kind", "sort_at", "mentions",
    "repost_of_key", "quote_of_key", "reply_to_key",
)  # fmt: skip
AUTHORS = pl.Schema({"post_key": pl.String(), "author_key": pl.String()})


def acts_of(posts: pl.DataFrame, authors_of: pl.DataFrame | None = None) -> pl.DataFrame:
    """Give who acted on whom in posts: ACTS, distinct, by time, author, post and kind.

    posts: the columns of POSTS that `COLUMNS` names, and those of TARGETS if a source has them.
    authors_of: AUTHORS, whose the posts are that are not among `posts`. A repost passes on one
    post and names nobody: the names in it are those of its original. A quote may answer as well. A
    mention of the author who is answered is not told twice. Whom a post amplifies is null where
    neither the source nor another post tells; self-loops are among the acts.

    >>> from datetime import UTC, datetime
    >>> from analysis.frames import POSTS
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> rows = [{"post_key": "x:1", "author_key": "x:7", "handle": "Ani", "platform": "x",
    ...          "kind": "original", "sort_at": noon},
    ...         {"post_key": "x:2", "author_key": "x:8", "platform": "x", "kind": "repost",
    ...          "sort_at": noon, "repost_of_key": "x:1"},
    ...         {"post_key": "x:3", "author_key": "x:9", "platform": "x", "kind": "original",
    ...          "sort_at": noon, "mentions": ["x:@ani"]}]
    >>> acts = acts_of(pl.DataFrame(rows, schema=POSTS))
    >>> acts.select("author_key", "target_author_key", "kind").rows()
    [('x:8', 'x:7', 'repost'), ('x:9', 'x:7', 'mention')]
    """
    return resolved(acts_in(posts), posts, authors_of)


def acts_in(posts: pl.DataFrame) -> pl.DataFrame:
    """Give what posts say of themselves: ACTS, in no order; see `resolved`.

    posts: as in `acts_of`; batch by batch, where they do not fit in memory.
    """
    unsaid = [pl.lit(None, pl.String).alias(name) for name in TARGETS if name not in posts.columns]
    told = posts.with_columns(unsaid)
    others = told.filter(pl.col("kind") != "repost")
    named = (
        others.filter(pl.col("mentions").list.len() > 0)
        .with_columns(pl.col("mentions").list.unique(maintain_order=True))
        .explode("mentions")
        .drop_nulls("mentions")
    )
    return pl.concat(
        [
            _on_posts(told.filter(pl.col("kind") == "repost"), "repost", "repost_of"),
            _on_posts(others, "quote", "quote_of"),
            _on_posts(others, "reply", "reply_to"),
            _acts(named, "mention", pl.col("mentions"), pl.lit(None, pl.String)),
        ]
    )


def resolved(
    acts: pl.DataFrame, posts: pl.DataFrame, authors_of: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Give ACTS with the authors that other posts tell, distinct and in order.

    posts: post_key, author_key, handle and platform. Whose a post is, `posts` and `authors_of`
    say; a handle becomes the id of the account that has it, except on Mastodon, where it is the
    key for good.
    """
    owners = posts.select(*AUTHORS)
    if authors_of is not None:
        owners = pl.concat([owners, authors_of.select(*AUTHORS)])
    owners = owners.drop_nulls().unique("post_key", keep="first", maintain_order=True)
    told = acts.join(
        owners.rename({"post_key": "target_post_key", "author_key": "owner"}),
        on="target_post_key",
        how="left",
    ).with_columns(pl.coalesce("target_author_key", "owner").alias("target_author_key"))
    known = ids_of(posts)
    if known.height:
        told = told.join(known, left_on="target_author_key", right_on="alias", how="left")
        told = told.with_columns(pl.coalesce("id", "target_author_key").alias("target_author_key"))
    return _once(told.select(ACTS.names()).cast(ACTS))


def ids_of(posts: pl.DataFrame) -> pl.DataFrame:
    """Give alias ('{platform}:@{handle}') and id of the accounts whose posts tell both."""
    return (
        posts.select("platform", "handle", pl.col("author_key").alias("id"))
        .filter(
            pl.col("handle").is_not_null(),
            pl.col("platform") != "mastodon",
            ~pl.col("id").str.contains(":@", literal=True),
        )
        .select(
            pl.concat_str("platform", pl.lit(":@"), pl.col("handle").str.to_lowercase()).alias(
                "alias"
            ),
            "id",
        )
        .unique("alias", keep="last", maintain_order=True)
    )


def _once(acts: pl.DataFrame) -> pl.DataFrame:
    """Leave out mentions of whom the same post answers, and what is told twice."""
    answered = acts.filter(pl.col("kind") == "reply").select("post_key", "target_author_key")
    is_mention = pl.col("kind") == "mention"
    mentions = acts.filter(is_mention).join(
        answered, on=["post_key", "target_author_key"], how="anti"
    )
    order = ["acted_at", "author_key", "post_key", "kind", "target_author_key", "target_post_key"]
    return (
        pl.concat([acts.filter(~is_mention), mentions])
        .unique()
        .sort([*order, "via_key"], nulls_last=True)
    )


def _on_posts(posts: pl.DataFrame, kind: str, target: str) -> pl.DataFrame:
    author, post = pl.col(f"{target}_author_key"), pl.col(f"{target}_key")
    return _acts(posts.filter(author.is_not_null() | post.is_not_null()), kind, author, post)


def _acts(posts: pl.DataFrame, kind: str, author: pl.Expr, post: pl.Expr) -> pl.DataFrame:
    return posts.select(
        "author_key",
        author.alias("target_author_key"),
        pl.lit(kind).alias("kind"),
        pl.col("sort_at").alias("acted_at"),
        "post_key",
        post.alias("target_post_key"),
        pl.lit(None, pl.String).alias("via_key"),
    )
