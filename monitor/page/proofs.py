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


def _chosen(found: Found) -> pl.DataFrame:
    """Choose a few meetings of each group: of different things, with the shortest delay."""
    first_groups = [group.number for group in found.groups[:_GROUPS]]
    met = found.evidence_table.filter(pl.col("group").is_in(first_groups)).sort(
        "group", "delay", "first_at", "first_post", "then_post"
    )
    by_thing = met.unique(["group", "by", "what"], keep="first", maintain_order=True)
    return by_thing.group_by("group", maintain_order=True).head(_OF_GROUP)


def post_keys(found: Found) -> list[str]:
    """Give the keys of the posts that are shown."""
    some = _chosen(found)
    return pl.concat([some["first_post"], some["then_post"]]).unique().sort().to_list()


def proofs(found: Found, posts: Mapping[str, Mapping[str, Any]], shown: Shown) -> list[Proof]:
    """Give two posts of a group side by side, each time. posts: rows of POSTS by their keys."""
    return [
        Proof(
            group=row["group"],
            by=row["by"],
            what=shown.text(row["what"]),
            first=_shown(row, "first", posts, shown),
            then=_shown(row, "then", posts, shown),
            delay=row["delay"],
        )
        for row in _chosen(found).iter_rows(named=True)
    ]


def _shown(
    row: Mapping[str, Any], end: str, posts: Mapping[str, Mapping[str, Any]], shown: Shown
) -> PostShown:
    post = posts.get(row[f"{end}_post"], {})
    return PostShown(
        at=row[f"{end}_at"],
        account=shown.account(row[f"{end}_account"]),
        platform=str(post.get("platform", "")),
        text=shown.text(post.get("text")),
    )


def renamed(found: Found, shown: Shown) -> Found:
    """Give what was found with accounts and things as they are shown. found: by keys."""
    groups = [
        replace(
            group,
            accounts=[shown.account(key) for key in group.accounts],
            leader=None if group.leader is None else shown.account(group.leader),
            pushed=[replace(one, what=shown.text(one.what) or "") for one in group.pushed],
        )
        for group in found.groups
    ]
    return replace(found, groups=groups)
