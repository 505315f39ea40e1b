"""The columns that analysis is given, exactly; the store promises them, `require` checks."""

from __future__ import annotations

import polars as pl

_UTC = pl.Datetime("us", "UTC")

# One row per act: a post, or a repost that is no post of its own (a Mastodon boost).
ACTIVITY = pl.Schema(
    {
        "sort_at": _UTC,
        "author_id": pl.UInt64(),  # a number per author, for counting; not for showing
        "is_post": pl.Boolean(),
        "is_repost": pl.Boolean(),
        "text_id": pl.UInt64(),  # the same for equal normalized texts; null: too short, or a repost
    }
)
# The same, with what the indicators ask of an act.
PARTICIPATION = pl.Schema(
    {
        **ACTIVITY,
        "platform": pl.String(),
        "near_id": pl.UInt64(),  # the same for nearly equal texts; null as text_id is
        "born_at": _UTC,  # when the author's account was made; null: not told
    }
)
# One row per (amplifier, amplified, kind), self-loops left out.
EDGES = pl.Schema(
    {
        "author_key": pl.String(),  # who acts: the amplifier
        "target_author_key": pl.String(),  # who is amplified
        "kind": pl.String(),  # repost, quote, reply, mention
        "count": pl.Int64(),
        "first_at": _UTC,
    }
)
# One row per post of a watch and hashtag on it.
TAGS = pl.Schema(
    {"sort_at": _UTC, "post_id": pl.UInt64(), "author_id": pl.UInt64(), "hashtag": pl.String()}
)
# One row per post of a watch, with where it was written.
PLATFORM_ACTS = pl.Schema({"platform": pl.String(), "sort_at": _UTC, "author_id": pl.UInt64()})
# One row per post, or repost that is no post of its own; what graphs are made of. Keys are
# '{platform}:{id}', or '{platform}:@{handle}' where no id is known.
POSTS = pl.Schema(
    {
        "post_key": pl.String(),  # unique
        "author_key": pl.String(),
        "handle": pl.String(),
        "platform": pl.String(),
        "kind": pl.String(),  # original, reply, quote, repost
        "sort_at": _UTC,
        "text": pl.String(),  # of a repost: what it passes on, as far as it is given
        "hashtags": pl.List(pl.String()),  # normalized, in the order in which they were written
        "urls": pl.List(pl.String()),  # as written
        "mentions": pl.List(pl.String()),  # author keys
        "media": pl.List(pl.String()),  # hashes of pictures and films
        "repost_of_key": pl.String(),
        "reply_to_key": pl.String(),
        "quote_of_key": pl.String(),
        "followers": pl.Int64(),
        "author_created_at": _UTC,
    }
)
# One row per act of one author on another; self-loops are among them.
ACTS = pl.Schema(
    {
        "author_key": pl.String(),  # who acts: the amplifier
        "target_author_key": pl.String(),  # who is amplified; null: unknown
        "kind": pl.String(),  # repost, quote, reply, mention, forward
        "acted_at": _UTC,
        "post_key": pl.String(),  # the acting post; null: a repost that is no post
        "target_post_key": pl.String(),
        "via_key": pl.String(),  # the repost that it was passed on from, where a source says so
    }
)
# The share of each window that the source accounts for; a null share: nobody can say (imported).
COVERAGE = pl.Schema({"window_start": _UTC, "coverage": pl.Float64()})
VOLUME = pl.Schema(
    {
        "window_start": _UTC,
        "posts": pl.Int64(),  # null inside a gap; 0 is a covered silence
        "authors": pl.Int64(),
        "reposts": pl.Int64(),
        "coverage": pl.Float64(),
    }
)
# What `analysis.trends.burst.scores` says of each window of a VOLUME.
SCORES = pl.Schema(
    {
        "window_start": _UTC,
        "expected": pl.Float64(),  # posts the season explains; null while learning
        "score": pl.Float64(),  # surprise, -log10 of the chance; null while learning and in gaps
        "dispersion": pl.Float64(),  # variance / mean of the posts of one window; 1 is Poisson
    }
)


class FrameError(TypeError):
    """A frame has not the columns that were promised: a fault in the program."""


def require(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Give the frame back if it has exactly these columns and types; else raise `FrameError`."""
    if frame.schema != schema:
        raise FrameError(f"expected {dict(schema)}, got {dict(frame.schema)}")
    return frame
