"""Who acts together in the time of a report, and what synchrony rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import polars as pl

from monitor.coordination import Found
from monitor.coordination.stored import QUIET, Watcher, acts_of, looked
from monitor.coordination.telling import told_groups, told_of
from monitor.engines import Engine
from monitor.letters import GroupTold
from monitor.letters.words import clean, masked
from monitor.report.report import GroupRow, SharedRow
from monitor.report.span import Span
from monitor.store import Store
from monitor.target import Target

_MOST_GROUPS = 10
_SHOWN = 160  # letters of a post


@dataclass(frozen=True, slots=True)
class Together:
    """What was looked at."""

    found: Found | None  # of the span; None: it is too much to look at while somebody waits
    note: str
    acts: pl.DataFrame | None  # author_key, sort_at; of the 28 days before, too
    span: Span
    first: datetime | None  # the first post of all that was looked at

    def holds_of(self, day: tuple[datetime, datetime]) -> bool:
        """Tell whether a day with its 28 days before has the same posts, so that `acts` are its."""
        since, until = day
        if self.first is None or until != self.span.until:
            return False
        return since >= self.span.since and self.first >= since - QUIET


@dataclass(frozen=True, slots=True)
class GroupRows:
    """The rows of a report that tell of groups."""

    groups: list[GroupRow]
    shared: list[SharedRow]


def together(
    store: Store,
    target: Target,
    span: Span,
    engine: Engine | None = None,
    watcher: Watcher | None = None,
) -> Together:
    """Look for groups in the span, and over the 28 days before it as `gaung indicators` does.

    The groups are those of `gaung coordination` over the same time. engine: what looks; it is
    waited for, however many posts there are. watcher: is told how far it is.
    """
    how = partial(looked, store, target, engine=engine, watcher=watcher)
    wide = how(span.since - QUIET, span.until)
    acts, _ = acts_of(wide)
    first, _ = store.queries.span(target.selection(span.since - QUIET, span.until))
    is_all = first is not None and first >= span.since
    seen = wide if is_all else how(span.since, span.until)
    note = seen.why if seen.found is None else _note(seen.found)
    return Together(seen.found, note, acts, span, first)


def _note(found: Found) -> str:
    if found.insufficient:
        return found.insufficient
    of = f"of {found.accounts:,} accounts and {found.tested:,} pairs"
    if not found.groups:
        return f"none beyond chance at FDR {found.fdr:g}, {of}"
    accounts = sum(len(group.accounts) for group in found.groups)
    return f"{len(found.groups)} groups of {accounts} accounts at FDR {found.fdr:g}, {of}"


def group_rows(
    store: Store,
    found: Found | None,
    label: Callable[[list[str]], dict[str, str]],
    *,
    masked: bool,
) -> GroupRows:
    """Give the largest groups, and what they shared. masked: name nobody in texts either."""
    if found is None:
        return GroupRows([], [])
    told = told_groups(store, told_of(found, most=_MOST_GROUPS), label)
    numbered = list(enumerate(told, 1))
    return GroupRows(
        [_group(number, group) for number, group in numbered],
        [row for number, group in numbered for row in _shared(number, group, masked=masked)],
    )


def _group(number: int, group: GroupTold) -> GroupRow:
    return GroupRow(
        group=number,
        accounts=group.accounts,
        q=group.q,
        posts=group.posts,
        share=group.share,
        mean_delay=group.mean_delay,
        first=group.first,
        members=list(group.members),
    )


def _shared(number: int, group: GroupTold, *, masked: bool) -> list[SharedRow]:
    return [
        SharedRow(
            group=number,
            by=thing.by,
            accounts=thing.accounts,
            posts=thing.posts,
            first_at=thing.shown[0].at,
            first_account=thing.shown[0].author,
            first_text=_text(thing.shown[0].text, hide=masked),
            then_at=thing.shown[1].at,
            then_account=thing.shown[1].author,
            then_text=_text(thing.shown[1].text, hide=masked),
        )
        for thing in group.pushed
    ]


def _text(text: str | None, *, hide: bool) -> str | None:
    if text is None:
        return None
    return masked(text, limit=_SHOWN) if hide else clean(text, limit=_SHOWN)
