"""Holds what was planted against what the store says was found. Nothing here is assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from analysis.findings import FindingKind
from analysis.graphs.community import Community, communities
from analysis.graphs.spread import crossings
from monitor.demo.records import GROUP, WATCH, ZONE, Campaign
from monitor.report.report import Report
from monitor.store import Store
from monitor.target import Target

_AFTERMATH = timedelta(hours=6)  # a burst that begins so late after a planted one belongs to it
_FEW = 3  # accounts of a community; fewer have not taken anything up
_ZONE = ZoneInfo(ZONE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the table. `is_found` is None where there was nothing to find."""

    what: str
    planted: str
    found: str
    is_found: bool | None


@dataclass(frozen=True, slots=True)
class _Told:
    """One burst and the first letter about it."""

    start: datetime
    end: datetime | None
    told_at: datetime


def judge(store: Store, campaign: Campaign, report: Report, target: Target) -> list[Verdict]:
    """Give the table 'planted / found'."""
    planted = campaign.planted
    bursts = _told_bursts(store)
    push = _during(bursts, planted.push_from, planted.push_until)
    surge = _during(bursts, planted.surge_from, planted.surge_until)
    return [
        Verdict(
            "coordinated push",
            f"{_at(planted.push_from)}–{_hour(planted.push_until)}: {planted.push_posts} posts, "
            f"{len(planted.group)} accounts",
            _burst_words(push, planted.push_from, report),
            push is not None,
        ),
        _group(store, campaign, target, push),
        _crossing(store, campaign, target, push),
        Verdict(
            "organic surge",
            f"{_at(planted.surge_from)}–{_hour(planted.surge_until)}: {planted.surge_posts} posts, "
            f"{planted.surge_authors} accounts",
            _burst_words(surge, planted.surge_from, report)
            + _breadth(store, campaign, target, surge),
            surge is not None,
        ),
        _outage(campaign, report),
        _false_alarms(campaign, bursts),
    ]


def _told_bursts(store: Store) -> list[_Told]:
    """Give the bursts that somebody was told of, each with its first letter, oldest first."""
    first: dict[str, dict[str, Any]] = {}
    for row in store.findings.decisions(watch=WATCH):
        if row["told"] and row["kind"] == FindingKind.BURST:
            first[row["finding_key"]] = row  # newest first, so the oldest stays
    found = [_Told(row["from_at"], row["to_at"], row["decided_at"]) for row in first.values()]
    return sorted(found, key=lambda burst: burst.start)


def _during(bursts: Iterable[_Told], since: datetime, until: datetime) -> _Told | None:
    # What was told before it began was told of something else.
    return next((b for b in bursts if _meets(b, since, until) and b.told_at >= since), None)


def _meets(burst: _Told, since: datetime, until: datetime) -> bool:
    return burst.start < until and (burst.end is None or burst.end > since)


def _burst_words(burst: _Told | None, since: datetime, report: Report) -> str:
    if burst is None:
        return "missed"
    row = next((b for b in report.bursts if b.start == burst.start), None)
    size = f": {row.posts} posts where {row.expected:.0f} are usual" if row and row.expected else ""
    minutes = round((burst.told_at - since) / timedelta(minutes=1))
    return f"burst from {_at(burst.start)}{size}; told {_at(burst.told_at)}, {minutes} min after"


def _most_active(
    store: Store, campaign: Campaign, target: Target, burst: _Told
) -> tuple[list[dict[str, Any]], int]:
    """Give as many of a burst's most active accounts as the group has, and the burst's posts."""
    during = target.selection(burst.start, burst.end or campaign.end)
    authors = store.queries.top_authors(during, 10_000)
    return authors[: len(campaign.planted.group)], sum(row["posts"] for row in authors)


def _group(store: Store, campaign: Campaign, target: Target, push: _Told | None) -> Verdict:
    group = {account.acct for account in campaign.planted.group}
    what, planted = "who is behind it", f"{len(group)} accounts, near-identical texts"
    if push is None:
        return Verdict(what, planted, "missed: there is no burst to look into", False)
    top, posts = _most_active(store, campaign, target, push)
    caught = [row for row in top if row["handle"] in group]
    share = sum(row["posts"] for row in caught) / posts
    return Verdict(
        what,
        planted,
        f"{len(caught)} of the {len(group)} are among the {len(top)} most active accounts of the "
        f"burst; they wrote {share:.0%} of its posts",
        2 * len(caught) > len(group),
    )


def _breadth(store: Store, campaign: Campaign, target: Target, burst: _Told | None) -> str:
    """Say how little the most active accounts matter: what tells a surge from a push."""
    if burst is None:
        return ""
    top, posts = _most_active(store, campaign, target, burst)
    share = sum(row["posts"] for row in top) / posts
    return f"; its {len(top)} most active accounts wrote {share:.0%} of its posts"


def _crossing(store: Store, campaign: Campaign, target: Target, push: _Told | None) -> Verdict:
    """Tell which communities of the amplification graph took up what the most active wrote."""
    planted = campaign.planted
    what = "crossing over"
    truth = "taken up by " + ", ".join(
        f"{name} {_at(at)}" for name, at in planted.picked_up.items()
    )
    if push is None:
        return Verdict(what, truth, "missed: there is no burst to start from", False)
    top, _ = _most_active(store, campaign, target, push)
    keys = [row["author_key"] for row in top]
    edges = store.acts.choose(target.selection(campaign.start, campaign.end)).edges()
    found = communities(edges)
    partition = {key: group.number for group in found for key in group.members}
    homes = Counter(partition[key] for key in keys if key in partition)
    if not homes:
        return Verdict(what, truth, "missed: nobody amplified them", False)
    origin = homes.most_common(1)[0][0]
    after = store.acts.choose(target.selection(push.start, campaign.end)).edges()
    theirs = after.filter(pl.col("target_author_key").is_in(keys))
    names = _names(found, campaign)
    reached: dict[str, datetime] = {}
    for community, first_at, amplifiers in crossings(theirs, partition, origin).iter_rows():
        if amplifiers >= _FEW and names[community] != GROUP:
            reached.setdefault(names[community], first_at)
    words = ", ".join(f"{name} {_at(at)}" for name, at in reached.items())
    return Verdict(
        what,
        truth,
        f"from community {origin}, home of {homes[origin]} of them, into "
        f"{words or 'no other'} (a boost is dated by the turn that saw it)",
        set(planted.picked_up) <= set(reached),
    )


def _names(found: Iterable[Community], campaign: Campaign) -> Mapping[int, str]:
    """Name each community found after the planted one that most of its members belong to."""
    planted = {f"mastodon:@{account.acct}": account.community for account in campaign.accounts}
    return {
        group.number: Counter(planted[key] for key in group.members).most_common(1)[0][0]
        for group in found
    }


def _outage(campaign: Campaign, report: Report) -> Verdict:
    planted = campaign.planted
    hours = (planted.outage_until - planted.outage_from) / timedelta(hours=1)
    gaps = [
        gap
        for gap in report.gaps
        if gap.start < planted.outage_until and gap.end > planted.outage_from
    ]
    inside = [
        row
        for row in report.series
        if planted.outage_from <= row.start
        and row.start + timedelta(hours=1) <= planted.outage_until
    ]
    unknown = sum(row.posts is None for row in inside)
    zeros = sum(row.posts == 0 for row in inside)
    if gaps:
        missing = sum((gap.end - gap.start) / timedelta(hours=1) for gap in gaps)
        gap = f"gap {_at(gaps[0].start)}–{_hour(gaps[-1].end)} ({missing:.1f} h, {gaps[0].reason})"
    else:
        gap = "no gap"
    return Verdict(
        "outage",
        f"{_at(planted.outage_from)}–{_hour(planted.outage_until)} ({hours:.1f} h), "
        f"{planted.lost} posts lost for ever",
        f"{gap}; of {len(inside)} whole hours {unknown} are unknown, {zeros} count as zero",
        bool(gaps) and zeros == 0,
    )


def _false_alarms(campaign: Campaign, bursts: list[_Told]) -> Verdict:
    """Count bursts that somebody was told of and that nothing planted explains.

    A burst that only meets the time when the push was taken up is no false alarm, but it is a
    second thread of letters about one thing; so it is named too.
    """
    planted = campaign.planted
    push = planted.push_from, planted.pick_up_until
    surge = planted.surge_from, planted.surge_until + _AFTERMATH
    false = [b for b in bursts if not (_meets(b, *push) or _meets(b, *surge))]
    explained = _during(bursts, *push), _during(bursts, *surge)
    echoes = [b for b in bursts if b not in false and b not in explained]
    words = f"{len(false)} bursts told that nothing explains{_starts(false)}"
    if echoes:
        words += f"; {len(echoes)} more told in the wake of the above{_starts(echoes)}"
    return Verdict("false alarms", "none: all else is everyday talk", words, not false)


def _starts(bursts: list[_Told]) -> str:
    return f" ({', '.join(_at(burst.start) for burst in bursts)})" if bursts else ""


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(_ZONE):%d %b %H:%M}"


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(_ZONE):%H:%M}"
