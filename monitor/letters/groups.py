"""What letters say of accounts that act together: who, how much, what, and two posts that show it.

Accounts come here under the names that they have outside; texts are masked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.letters import words
from monitor.letters.language import Speech
from monitor.letters.pages import sentences

_MOST_GROUPS = 3
_MOST_THINGS = 2
_MOST_NAMES = 5
_SHOWN = 160  # letters of a post


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPost:
    """One of two posts side by side."""

    author: str
    at: datetime
    text: str | None  # None: it is no longer there


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedThing:
    """One thing that a group shared."""

    by: str
    accounts: int
    posts: int
    shown: tuple[ShownPost, ShownPost]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTold:
    """A group of accounts that act together more often than chance explains."""

    accounts: int
    q: float
    posts: int
    share: float  # of the watch's posts
    first: str | None  # who came first in most meetings
    mean_delay: float  # seconds
    members: tuple[str, ...]  # some of them
    pushed: tuple[PushedThing, ...]


def group_content(
    groups: Sequence[GroupTold], language: Speech, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """Give the largest groups as both layouts show them."""
    return [
        _group(number, one, language, zone) for number, one in enumerate(groups[:_MOST_GROUPS], 1)
    ]


def _group(number: int, one: GroupTold, language: Speech, zone: ZoneInfo) -> dict[str, Any]:
    names = [words.clean(name, limit=40) for name in one.members[:_MOST_NAMES]]
    said = sentences(
        "group_sentences.txt",
        language,
        number=number,
        accounts=one.accounts,
        posts=one.posts,
        share=one.share,
        q=one.q,
        first=None if one.first is None else words.clean(one.first, limit=40),
        delay=round(one.mean_delay),
        names=", ".join(names),
        more=max(0, one.accounts - len(names)),
        thing=None,
        text=None,
    )
    things = [_thing(thing, language, zone) for thing in one.pushed[:_MOST_THINGS]]
    return {"said": said, "things": things}


def _thing(thing: PushedThing, language: Speech, zone: ZoneInfo) -> dict[str, Any]:
    posts = []
    for post in thing.shown:
        text = None if post.text is None else words.masked(post.text, limit=_SHOWN)
        said = sentences("group_sentences.txt", language, **_NOBODY, thing=thing, text=text)
        at = language.second(post.at, zone)  # that is what there is to see
        posts.append(
            {"author": words.clean(post.author, limit=40), "at": at, "text": said["shown"]}
        )
    said = sentences("group_sentences.txt", language, **_NOBODY, thing=thing, text=None)
    return {"line": said["pushed"], "posts": posts}


_NOBODY: dict[str, Any] = {
    "number": 0, "accounts": 0, "posts": 0, "share": 0.0, "q": 1.0, "first": None, "delay": 0,
    "names": "", "more": 0,
}  # fmt: skip
