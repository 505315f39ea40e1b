"""The posts that show how a group acts together, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from monitor.coordination.found import Found
from monitor.page.names import Shown
from monitor.page.story import PostShown, Proof

MOST_PROOFS = 30
_OF_GROUP = 3
_GROUPS = 10
_OF_POSTS = ("repost", "reply")  # what is shared is another post
Posts = Mapping[str, Mapping[str, Any]]  # rows of POSTS by their keys


def _chosen(found: Found) -> pl.DataFrame:
    """Choose a few meetings of each group: of different things, with the shortest delay."""
    first_groups = [group.number for group in found.groups[:_GROUPS]]
    met = found.evidence_table.filter(pl.col("group").is_in(first_groups)).sort(
        "group", "delay", "first_at", "first_post", "then_post"
    )
    by_thing = met.unique(["group", "by", "what"], keep="first", maintain_order=True)
    return by_thing.group_by("group", maintain_order=True).head(_OF_GROUP)


def post_keys(found: Found) -> list[str]:
    """Give the keys of the posts that are shown, and of those that groups passed on or answered."""
    some = _chosen(found)
    passed = some.filter(pl.col("by").is_in(_OF_POSTS))["what"]
    keys = pl.concat([some["first_post"], some["then_post"], passed]).drop_nulls()
    pushed = [one.what for group in found.groups for one in group.pushed if one.by in _OF_POSTS]
    return sorted({*keys, *pushed})


def _thing(by: str, what: str | None, posts: Posts, shown: Shown) -> str | None:
    """Give what was shared, in words: of a post that was passed on, who says what in it."""
    if by not in _OF_POSTS:
        return shown.text(what)
    post = posts.get(what or "")
    text = shown.text(post.get("text")) if post else None
    return None if post is None or text is None else f"{shown.account(post['author_key'])}: {text}"


def proofs(found: Found, posts: Posts, shown: Shown) -> list[Proof]:
    """Give two posts of a group side by side, each time."""
    return [
        Proof(
            group=row["group"],
            by=row["by"],
            what=_thing(row["by"], row["what"], posts, shown),
            first=_shown(row, "first", posts, shown),
            then=_shown(row, "then", posts, shown),
            delay=row["delay"],
        )
        for row in _chosen(found).iter_rows(named=True)
    ]


def _shown(row: Mapping[str, Any], end: str, posts: Posts, shown: Shown) -> PostShown:
    post = posts.get(row[f"{end}_post"], {})
    return PostShown(
        at=row[f"{end}_at"],
        account=shown.account(row[f"{end}_account"]),
        platform=str(post.get("platform", "")),
        text=shown.text(post.get("text")),
    )


def renamed(found: Found, posts: Posts, shown: Shown) -> Found:
    """Give what was found with accounts and things as they are shown. found: by keys."""
    groups = [
        replace(
            group,
            accounts=[shown.account(key) for key in group.accounts],
            leader=None if group.leader is None else shown.account(group.leader),
            pushed=[
                replace(one, what=_thing(one.by, one.what, posts, shown) or "")
                for one in group.pushed
            ],
        )
        for group in found.groups
    ]
    return replace(found, groups=groups)
