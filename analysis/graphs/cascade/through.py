"""Which repost another one came through, as Bluesky says it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

# '{platform}:at://{account}/app.bsky.feed.repost/{key}': the record is its account's own.
_RECORD = r"^([^:/]+):at://([^/]+)/"


def via_authors(via_key: str = "via_key") -> pl.Expr:
    """Give the author key of the account whose repost a post was passed on from; null: not said.

    The `via` of a repost names the record, and the record its account.
    https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/repost.json

    >>> acts = pl.DataFrame({"via_key": ["bluesky:at://did:plc:a/app.bsky.feed.repost/3k", None]})
    >>> acts.select(via_authors())["via_key"].to_list()
    ['bluesky:did:plc:a', None]
    """
    key = pl.col(via_key)
    parts = (key.str.extract(_RECORD, 1), pl.lit(":"), key.str.extract(_RECORD, 2))
    return pl.concat_str(*parts).alias(via_key)


def given_parents(authors: Sequence[str], via: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """Give the place of each one's parent, where it is said and stands before; else -1.

    authors: who acts, in order, the original's author first; via: as `via_authors` gives it.

    >>> given_parents(["a", "b", "c", "d"], [None, None, "b", "z"]).tolist()
    [-1, -1, 1, -1]
    """
    found = np.full(len(authors), -1, np.int64)
    first: dict[str, int] = {}
    for place, (author, through) in enumerate(zip(authors, via, strict=True)):
        if through is not None:
            found[place] = first.get(through, -1)
        if place:  # the original is no repost
            first.setdefault(author, place)
    return found
