"""The graphs that twarc's plugins draw, to the letter: to be compared with, not as our own claim.

Followed also where one would decide otherwise: the names in a retweet are acts of who retweets
(but the first, who is the author), an account may act on itself, and handles are the keys. What
gaung draws leaves both out and keys by the platform's ids.

twarc-network and twarc-hashtags, https://twarc-project.readthedocs.io/en/latest/plugins/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl

from analysis.graphs.partition import partition_of
from collectors.errors import ImportFileError
from collectors.imports import jsonl
from collectors.imports.twitter_v2_shapes import Entities, Envelope, Tweet, User
from monitor.drawing.drawing import DAYS, Drawing, nodes_of
from monitor.errors import OperatorError

_KINDS = {"retweeted": "retweet", "replied_to": "reply", "quoted": "quote"}
_COLUMNS = ("retweet", "reply", "quote", "mention")
_ACTS = pl.Schema(
    {"source": pl.String(), "target": pl.String(), "kind": pl.String(), "at": pl.String()}
)


def users_network(path: Path) -> Drawing:
    """Draw who acted on whom in tweets of API v2: weight, retweet, reply, quote, mention."""
    acts = [
        act for tweets in _pages(path) for tweet in tweets.matched for act in tweets.acts(tweet)
    ]
    edges = (
        _dated(pl.DataFrame(acts, schema=_ACTS, orient="row"))
        .group_by("source", "target")
        .agg(
            weight=pl.len().cast(pl.Int64),
            **{name: (pl.col("kind") == name).sum().cast(pl.Int64) for name in _COLUMNS},
            days=pl.col("day").drop_nulls().unique().sort(),
        )
    )
    return _drawn(edges, kind="amplification", what="accounts", directed=True)


def hashtags_network(path: Path) -> Drawing:
    """Draw which hashtags, in lower case, stand in the same tweet: weight, each tweet once."""
    pairs = [
        (one, other, "tag", tweet.created_at)
        for tweets in _pages(path)
        for tweet in tweets.matched
        for tags in [sorted({tag.tag.lower() for tag in _entities(tweet).hashtags})]
        for place, one in enumerate(tags)
        for other in tags[place + 1 :]
    ]
    edges = (
        _dated(pl.DataFrame(pairs, schema=_ACTS, orient="row"))
        .group_by("source", "target")
        .agg(weight=pl.len().cast(pl.Int64), days=pl.col("day").drop_nulls().unique().sort())
    )
    return _drawn(edges, kind="hashtags", what="hashtags", directed=False)


class _Page:
    """The tweets of a line, with what came along."""

    def __init__(self, matched: list[Tweet], tweets: list[Tweet], users: list[User]) -> None:
        self.matched = matched
        self._tweets = {tweet.id: tweet for tweet in tweets}
        self._handles = {user.id: user.username for user in users}

    def acts(self, tweet: Tweet) -> Iterator[tuple[str, str, str, str | None]]:
        """Give the acts of a tweet: who, on whom, of which kind, when."""
        source = self._handle(tweet)
        if source is None:
            return
        is_retweet = False
        for reference in tweet.referenced_tweets:
            kind = _KINDS.get(reference.type or "")
            is_retweet |= kind == "retweet"
            target = self._handle(self._tweets.get(reference.id, reference))
            if kind is not None and target is not None:
                yield source, target, kind, tweet.created_at
        for mention in _entities(tweet).mentions[int(is_retweet) :]:
            yield source, mention.username, "mention", tweet.created_at

    def _handle(self, tweet: Tweet) -> str | None:
        if tweet.author is not None:
            return tweet.author.username
        return None if tweet.author_id is None else self._handles.get(tweet.author_id)


def _entities(tweet: Tweet) -> Entities:
    return Entities() if tweet.entities is None else tweet.entities


def _pages(path: Path) -> Iterator[_Page]:
    """Read pages as the API gives them, and flattened tweets, one a line."""
    try:
        for number, content, _ in jsonl.lines(path):
            try:
                yield _page(content)
            except jsonl.BROKEN as error:
                raise OperatorError(
                    f"{path}:{number}: no tweet of API v2 ({error}); --as twarc reads what twarc2 "
                    "writes"
                ) from error
    except ImportFileError as error:
        raise OperatorError(str(error)) from error


def _page(content: bytes) -> _Page:
    envelope = msgspec.json.decode(content, type=Envelope)
    data = bytes(envelope.data)
    if data.startswith(b"["):
        matched = msgspec.json.decode(data, type=list[Tweet])
    else:
        one = content if data == b"null" and envelope.id is not None else data
        matched = [] if one == b"null" else [msgspec.json.decode(one, type=Tweet)]
    if envelope.includes is None:
        return _Page(matched, [], [])
    tweets = [msgspec.json.decode(raw, type=Tweet) for raw in envelope.includes.tweets]
    users = [msgspec.json.decode(raw, type=User) for raw in envelope.includes.users]
    return _Page(matched, tweets, users)


def _dated(acts: pl.DataFrame) -> pl.DataFrame:
    at = pl.col("at").str.to_datetime(time_zone="UTC", strict=False)
    return acts.with_columns(day=at.dt.date())


def _drawn(edges: pl.DataFrame, *, kind: str, what: str, directed: bool) -> Drawing:
    ordered = edges.sort("source", "target").cast({"days": DAYS})
    partition = partition_of(ordered.select("source", "target", "weight"))
    nodes = nodes_of(ordered).join(partition, left_on="key", right_on="account").sort("key")
    return Drawing(
        kind=kind,
        name=f"{kind}, as twarc draws it",
        directed=directed,
        what=what,
        nodes=nodes.select("key", pl.col("key").alias("label"), "community", "days"),
        edges=ordered,
        communities=partition["community"].n_unique(),
    )
