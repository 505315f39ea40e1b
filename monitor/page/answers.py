"""What the three sentences of the answer say: which facts they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.page.story import Story
from monitor.report.report import AmplifiedRow, AuthorRow


@dataclass(frozen=True, slots=True)
class Begun:
    """Who wrote first, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Most:
    """Who was amplified most."""

    name: str
    times: int
    by: int


def facts(story: Story) -> dict[str, Any]:
    """Give what the sentences need."""
    report, found, genesis = story.report, story.found, story.genesis
    bursts = sorted(report.bursts, key=lambda burst: (-burst.score, burst.start))
    groups = found.groups if found is not None else None
    first = genesis.first[0] if genesis is not None and genesis.first else None
    top = report.top_amplified[0] if report.top_amplified else None
    dials = story.indication.dials
    reading = dials.reading if dials is not None else None
    return {
        "strongest": bursts[0] if bursts else None,
        "learned": any(row.expected is not None for row in report.series),
        "learned_share": _learned(story),
        "first": None if first is None else Begun(who(first.handle, first.account), first.at),
        "begun_before": bool(genesis is not None and genesis.already_running),
        "most": None if top is None else Most(row_name(top), top.total, top.amplifiers),
        "top_pair": story.pairs[0] if story.pairs else None,
        "groups": None if groups is None else len(groups),
        "insufficient": found.insufficient if found is not None else "",
        "members": sum(len(group.accounts) for group in groups or ()),
        "group_share": _share(story),
        "reading": reading,
        "no_reading": "" if reading else _why(story),
        "one_dial": _one_dial(story),
        "rough": _rough(story),
        "news": report.news[0] if report.news else None,
    }


def _learned(story: Story) -> float:
    """Give the share of the observed windows of which it is known what is usual."""
    seen = [row for row in story.report.series if row.posts is not None]
    known = sum(row.expected is not None for row in seen)
    return known / len(seen) if seen else 0.0


def _share(story: Story) -> float:
    """Give the share of all posts that groups wrote; no account is in two."""
    return sum(group.share for group in story.found.groups) if story.found is not None else 0.0


def _why(story: Story) -> str:
    if story.indication.dials is None:
        return story.indication.no_dials
    both = (story.indication.dials.mobilisation, story.indication.dials.orchestration)
    return next((dial.note for dial in both if dial.value is None), "")


def _one_dial(story: Story) -> tuple[str, int] | None:
    """Give the only dial that tells something, and what: that is no reading, but not nothing."""
    dials = story.indication.dials
    if dials is None:
        return None
    both = (("M", dials.mobilisation.value), ("O", dials.orchestration.value))
    known = [(letter, round(value)) for letter, value in both if value is not None]
    return known[0] if len(known) == 1 else None


def _rough(story: Story) -> bool:
    """Tell whether a dial that tells something rests on so few components that it says little."""
    dials = story.indication.dials
    both = () if dials is None else (dials.mobilisation, dials.orchestration)
    return any(one.value is not None and one.too_few for one in both)


def who(handle: str | None, account: str) -> str:
    """Name an account: `@handle`, else as the platform does."""
    return f"@{handle}" if handle else account


def row_name(row: AmplifiedRow | AuthorRow) -> str:
    """Name an account of the report."""
    return who(row.handle, row.author.partition(":")[2] or row.author)
