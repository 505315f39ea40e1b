"""Posts as other tools take them: 4CAT, CooRTweet, coordination-network-toolkit.

CSV is safe for spreadsheets: a text that looks like a formula begins with an apostrophe. NDJSON has
texts as they are. What was erased or removed is in none of them.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analysis.graphs.accounts import accounts
from monitor.coordination.compat import shares
from monitor.errors import OperatorError
from monitor.inputs import Input
from monitor.sheets.columns import csv_of

_BOOSTS = ("boost:", "repost|")  # how the key of a repost that is no post begins
_NATIVE = r"^[^:]*:"  # a post's key without its platform
_ROWS = 50_000
_POSTS = ("post_key", "author_key", "handle", "platform", "kind", "sort_at", "text", "hashtags",
          "urls", "mentions", "repost_of_key", "reply_to_key", "quote_of_key",
          "followers")  # fmt: skip


def write_for(tool: str, source: Input, path: Path, *, by: str = "repost") -> int:
    """Write the posts of an input for a tool, whole or not at all; give the number of rows.

    by: what CooRTweet's object is. Raises `OperatorError` for an ending that it does not read.
    """
    is_json = path.suffix.lower() in (".ndjson", ".jsonl")
    if not is_json and path.suffix.lower() != ".csv":
        raise OperatorError(f"{path.name}: end it in .csv, or for 4CAT in .ndjson")
    if is_json and tool != "4cat":
        raise OperatorError(f"{path.name}: {tool} reads .csv")
    frames = {"4cat": fourcat, "cnt": toolkit}.get(tool)
    told = coortweet(source, by) if frames is None else frames(source)
    return _write(told, path, is_json=is_json)


def fourcat(source: Input) -> Iterator[pl.DataFrame]:
    """Give the columns that 4CAT asks of any data set, and those that it has for posts of X.

    id, thread_id, timestamp (UTC), unix_timestamp, platform, author, author_id, author_followers,
    link, subject, body, is_retweet, retweeted_user, is_quote_tweet, quoted_user, is_reply,
    replied_user, hashtags, urls, mentions. Boosts, which are no posts, are left out.

    https://github.com/digitalmethodsinitiative/4cat/wiki/Data-sources
    """
    posts = source.posts(*_POSTS).filter(~_is_boost())
    named = _named(source, posts)
    native = {
        name: pl.col(name).str.replace(_NATIVE, "") for name in _POSTS if name.endswith("_key")
    }
    told = posts.join(
        _targets(source, posts, named), on="post_key", how="left", maintain_order="left"
    )
    mentions = pl.element().replace(named).str.replace(r"^[^:]*:@?", "")
    yield told.select(
        id=native["post_key"],
        thread_id=pl.coalesce(native["reply_to_key"], native["post_key"]),
        timestamp=pl.col("sort_at").dt.to_string("%Y-%m-%d %H:%M:%S"),
        unix_timestamp=pl.col("sort_at").dt.epoch("s"),
        platform="platform",
        author=pl.coalesce("handle", accounts("author_key")),
        author_id=pl.when(~pl.col("author_key").str.contains(":@")).then(accounts("author_key")),
        author_followers="followers",
        link=_link(),
        subject=pl.lit(""),
        body=pl.col("text").fill_null(""),
        **_acted("repost", "is_retweet", "retweeted_user"),
        **_acted("quote", "is_quote_tweet", "quoted_user"),
        **_acted("reply", "is_reply", "replied_user"),
        hashtags=pl.col("hashtags").list.join(","),
        urls=pl.col("urls").list.join(","),
        mentions=pl.col("mentions").list.eval(mentions).list.join(","),
    )


def coortweet(source: Input, by: str) -> Iterator[pl.DataFrame]:
    """Give object_id, account_id, content_id, timestamp_share (seconds) for CooRTweet.

    https://github.com/nicolarighetti/CooRTweet
    """
    for told in shares(source, by):
        yield told.select(
            object_id=_OBJECT.get(by, pl.col("object_id")),
            account_id=accounts("account_id"),
            content_id=accounts("content_id"),
            timestamp_share="timestamp",
        )


def toolkit(source: Input) -> Iterator[pl.DataFrame]:
    """Give message_id, user_id, username, repost_id, reply_id, message, timestamp, urls.

    https://github.com/QUT-Digital-Observatory/coordination-network-toolkit
    """
    for batch in source.batches(*_POSTS):
        yield batch.select(
            message_id=accounts("post_key"),
            user_id=accounts("author_key"),
            username=pl.coalesce("handle", accounts("author_key")),
            repost_id=accounts("repost_of_key"),
            reply_id=accounts("reply_to_key"),
            message=pl.col("text").fill_null(""),
            timestamp=pl.col("sort_at").dt.epoch("s"),
            urls=pl.col("urls").list.join(" "),
        )


# As its tables have them: bare ids and links, and hashtags with their sign.
_OBJECT = {
    "repost": accounts("object_id"),
    "reply": accounts("object_id"),
    "link": pl.col("object_id").str.strip_prefix("link:"),
    "hashtags": pl.lit("#") + pl.col("object_id").str.strip_prefix("tag:"),
}


def _is_boost() -> pl.Expr:
    return pl.any_horizontal(pl.col("post_key").str.starts_with(prefix) for prefix in _BOOSTS)


def _acted(kind: str, flag: str, whom: str) -> dict[str, pl.Expr]:
    is_it = pl.col("kind") == kind
    return {
        flag: pl.when(is_it).then(pl.lit("yes")).otherwise(pl.lit("no")),
        whom: pl.col(kind).fill_null(""),
    }


def _targets(source: Input, posts: pl.DataFrame, named: dict[str, str]) -> pl.DataFrame:
    """Give on whom each post acts: post_key, repost, quote, reply."""
    whose = posts.select(of="post_key", target_author_key="author_key")
    by_post = [
        posts.select("post_key", of=f"{of}_key", kind=pl.lit(kind)).join(whose, on="of")
        for kind, of in (("repost", "repost_of"), ("quote", "quote_of"), ("reply", "reply_to"))
    ]
    columns = ("post_key", "kind", "target_author_key")
    # What an act says goes before whose post it was: that may be here or not.
    acts = source.acts().drop_nulls(["post_key", "target_author_key"]).select(columns)
    told = pl.concat([acts, *(found.select(columns) for found in by_post)])
    whom = pl.col("target_author_key").replace(named).str.replace(r"^[^:]*:@?", "")
    return told.group_by("post_key").agg(
        whom.filter(pl.col("kind") == kind).first().alias(kind)
        for kind in ("repost", "quote", "reply")
    )


def _named(source: Input, posts: pl.DataFrame) -> dict[str, str]:
    """Give the handles of accounts that are mentioned or acted on, as far as they are known."""
    known = posts.drop_nulls("handle").select("author_key", "handle").unique("author_key")
    handles = dict(known.iter_rows())
    acted = source.acts()["target_author_key"].drop_nulls().unique().to_list()
    mentioned = posts["mentions"].explode().drop_nulls().unique().to_list()
    missing = sorted({*acted, *mentioned} - handles.keys())
    return {**source.handles(missing), **handles}


def _link() -> pl.Expr:
    """Give where a post stands, as far as its key tells."""
    native = pl.col("post_key").str.replace(_NATIVE, "")
    name = pl.coalesce("handle", accounts("author_key"))
    at = native.str.extract_groups(r"^at://([^/]+)/app\.bsky\.feed\.post/([^/]+)$")
    bluesky = pl.format(
        "https://bsky.app/profile/{}/post/{}", at.struct.field("1"), at.struct.field("2")
    )
    return (
        pl.when(native.str.contains("^https?://"))
        .then(native)
        .when((pl.col("platform") == "x") & native.str.contains(r"^\d+$"))
        .then(pl.format("https://x.com/{}/status/{}", name, native))
        .otherwise(bluesky)
    )


def _write(frames: Iterator[pl.DataFrame], path: Path, *, is_json: bool) -> int:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    beside, rows = Path(name), 0
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            for number, frame in enumerate(frames):
                if not is_json:
                    file.write(csv_of(frame, header=number == 0))
                else:
                    for part in frame.iter_slices(_ROWS):
                        file.writelines(
                            json.dumps(row, ensure_ascii=False) + "\n"
                            for row in part.iter_rows(named=True)
                        )
                rows += frame.height
        beside.replace(path)
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return rows
