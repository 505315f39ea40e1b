"""What a finding keeps of groups, and what letters may say of it.

A finding keeps keys, never texts: what is erased, deleted or kept long enough is then in no letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from analysis.findings import Finding, FindingKind
from analysis.graphs.accounts import account_of
from monitor.coordination.found import Found, Group, Meeting, Pushed
from monitor.letters import GroupTold, PushedThing, ShownPost
from monitor.naming import Naming
from monitor.store import Store

_MOST_GROUPS = 3
_MOST_THINGS = 2
_MOST_MEMBERS = 5
_TOLD = "told"  # what the groups are called in the evidence of a finding


def evidence_of(found: Found) -> dict[str, Any]:
    """Give what a finding says of the groups; `found` must be by keys."""
    groups = found.groups
    return {
        "accounts": sum(len(group.accounts) for group in groups),
        "groups": len(groups),
        "largest": max(len(group.accounts) for group in groups),
        "posts": sum(group.posts for group in groups),
        "together": sum(group.together for group in groups),
        "share": round(sum(group.share for group in groups), 4),
        "by": max(groups[0].by, key=lambda kind: groups[0].by[kind]),
        _TOLD: told_of(found),
    }


def told_of(found: Found, *, most: int = _MOST_GROUPS) -> list[dict[str, Any]]:
    """Give what is kept of the largest groups; `found` must be by keys."""
    return [_group(group) for group in found.groups[:most]]


def _group(group: Group) -> dict[str, Any]:
    return {
        "accounts": len(group.accounts),
        "q": group.q,
        "posts": group.posts,
        "share": round(group.share, 4),
        "first": group.leader,
        "mean_delay": round(group.mean_delay, 1),
        "members": group.accounts[:_MOST_MEMBERS],
        "pushed": [_thing(one) for one in _telling(group.pushed)],
    }


def _telling(pushed: Iterable[Pushed]) -> list[Pushed]:
    """Choose what to show: of each kind of thing the first, for two kinds say more than two texts.

    A text and its near text are one kind.
    """
    chosen: dict[str, Pushed] = {}
    for one in pushed:
        chosen.setdefault(one.by.removeprefix("near-"), one)
    return list(chosen.values())[:_MOST_THINGS]


def _thing(one: Pushed) -> dict[str, Any]:
    return {
        "by": one.by,
        "accounts": one.accounts,
        "posts": one.posts,
        "shown": [_post(one.shown, "first"), _post(one.shown, "then")],
    }


def _post(met: Meeting, end: str) -> dict[str, Any]:
    return {
        "author": getattr(met, f"{end}_account"),
        "post": getattr(met, f"{end}_post"),
        "at": getattr(met, f"{end}_at").isoformat(),
    }


def groups_of(store: Store, finding: Finding, naming: Naming) -> tuple[GroupTold, ...]:
    """Give what letters say of the groups of a finding, under the names that accounts have outside.

    Of a finding of another kind, or from before groups were kept: nothing.
    """
    told = finding.evidence.get(_TOLD)
    if finding.kind is not FindingKind.COORDINATION or not isinstance(told, list):
        return ()
    return told_groups(store, told, lambda keys: outside(store, naming, keys))


def outside(store: Store, naming: Naming, keys: list[str]) -> dict[str, str]:
    """Give the names that accounts have outside."""
    known = store.privacy.known_as(keys)
    return {key: naming.name(key, known.get(key)) for key in keys}


def told_groups(
    store: Store, told: Sequence[Mapping[str, Any]], label: Callable[[list[str]], dict[str, str]]
) -> tuple[GroupTold, ...]:
    """Give groups with the names of their accounts and what their posts say, as far as is known.

    told: as `told_of` gives it. label: names accounts; who has no name is shown by the key.
    """
    shown = [post for group in told for thing in group["pushed"] for post in thing["shown"]]
    texts = store.queries.texts([post["post"] for post in shown])
    keys = {post["author"] for post in shown}
    keys |= {key for group in told for key in (*group["members"], group["first"]) if key}
    labels = label(sorted(keys))
    names = {key: labels.get(key) or account_of(key) for key in sorted(keys)}
    return tuple(_told(group, names, texts) for group in told)


def _told(
    group: Mapping[str, Any], names: Mapping[str, str], texts: Mapping[str, str]
) -> GroupTold:
    return GroupTold(
        accounts=group["accounts"],
        q=group["q"],
        posts=group["posts"],
        share=group["share"],
        first=names[group["first"]] if group["first"] else None,
        mean_delay=group["mean_delay"],
        members=tuple(names[key] for key in group["members"]),
        pushed=tuple(
            PushedThing(
                by=thing["by"],
                accounts=thing["accounts"],
                posts=thing["posts"],
                shown=(
                    _shown(thing["shown"][0], names, texts),
                    _shown(thing["shown"][1], names, texts),
                ),
            )
            for thing in group["pushed"]
        ),
    )


def _shown(
    post: Mapping[str, Any], names: Mapping[str, str], texts: Mapping[str, str]
) -> ShownPost:
    return ShownPost(
        author=names[post["author"]],
        at=datetime.fromisoformat(post["at"]),
        text=texts.get(post["post"]),
    )
