"""Where it has arrived: on a platform, in a community, in the news; and what rises with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from analysis.findings import Finding, FindingKind
from analysis.trends.emerging import emerging
from analysis.trends.reach import lag_hours, picked_up_at, platforms_reached
from monitor import ledger
from monitor.config import Config, Watch
from monitor.ledger import Stream
from monitor.store import Store
from monitor.target import Target

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_BEFORE = timedelta(days=28)
_COVERED = timedelta(days=14)
_ENOUGH = 0.8  # of that time observed, or nobody can say that it is new
_NEWS_BEFORE = timedelta(days=1)  # the news may have been first
# An event is the same one again for so long.
_SAME_FOR = {
    FindingKind.PLATFORM: timedelta(days=28),
    FindingKind.COMMUNITY: timedelta(days=7),
    FindingKind.NEWS: timedelta(days=3),
}


def events(
    store: Store, watch: Watch, config: Config, *, bursts: Sequence[Finding], now: datetime
) -> list[Finding]:
    """Find what has newly happened around a watch; what was found before is the same again."""
    target = Target.of(watch)
    streams = store.coverage.streams(hashtags=watch.tags)
    found = [*_platforms(store, target, config, streams, now)]
    if any(burst.to_at is None for burst in bursts):
        found += _communities(store, target, now)
    found += _news(store, target, bursts, now)
    known = store.findings.between(watch=watch.name, since=now - _BEFORE)
    fresh = [one for one in found if not any(_is_same(one, old) for old in known)]
    return [*fresh, *_rising(store, target, config, streams, known, now)]


def _is_same(new: Finding, old: Finding) -> bool:
    if (new.kind, new.subject) != (old.kind, old.subject):
        return False
    return abs(new.from_at - old.from_at) < _SAME_FOR[new.kind]


def _event(target: Target, kind: FindingKind, subject: str, at: datetime) -> Finding:
    # It has happened, and is over by that; found too late, it stands in the digest only.
    return Finding(
        watch=target.name, kind=kind, subject=subject, from_at=at, to_at=at + _HOUR, score=0.0
    )


def _platforms(
    store: Store, target: Target, config: Config, streams: list[Stream], now: datetime
) -> Iterator[Finding]:
    acts = store.spread.platforms(target.selection(now - _BEFORE - _DAY, now))
    reached = platforms_reached(
        acts,
        covered_since=_covered_since(streams, now),
        until=now,
        min_authors=config.alerts_of(target.watch).min_authors,
    )
    for one in reached:
        evidence = {"posts": one.posts, "authors": one.authors}
        finding = _event(target, FindingKind.PLATFORM, one.platform, one.first_at)
        yield replace(finding, evidence=evidence)


def _covered_since(streams: list[Stream], now: datetime) -> dict[str, datetime]:
    """Give from when each platform was read, if it was read well for two weeks."""
    since: dict[str, datetime] = {}
    for stream in streams:
        platform = stream.source.split("/", 1)[0]
        share = ledger.coverage([stream], max(stream.wanted_from, now - _COVERED - _DAY), now)
        if share is not None and share >= _ENOUGH:
            since[platform] = min(since.get(platform, stream.wanted_from), stream.wanted_from)
    return since


def _communities(store: Store, target: Target, now: datetime) -> Iterator[Finding]:
    from analysis.graphs.arrival import arrivals
    from analysis.graphs.community import communities

    known = store.spread.authors(target.selection(now - _BEFORE - _DAY, now - _DAY))
    if not known:
        return  # nobody took part before, so everybody is new
    edges = store.acts.choose(target.selection(now - _DAY, now)).edges()
    for one in arrivals(communities(edges), known=known):
        first = edges.filter(edges["author_key"].is_in(list(one.members)))["first_at"].min()
        at = first if isinstance(first, datetime) else now
        evidence = {"authors": len(one.members), "newcomers": round(one.newcomers, 3)}
        yield replace(_event(target, FindingKind.COMMUNITY, "", at), evidence=evidence)


def _news(
    store: Store, target: Target, bursts: Sequence[Finding], now: datetime
) -> Iterator[Finding]:
    """Find what the news made of the newest burst."""
    newest = max(bursts, key=lambda burst: burst.from_at, default=None)
    if newest is None:
        return
    since = newest.from_at - _NEWS_BEFORE
    rows = store.queries.pick_up(target.selection(since, now), 1000)
    at = picked_up_at([row["first_at"] for row in rows])
    lag = lag_hours(newest.from_at, at)
    if at is None or lag is None:
        return
    evidence = {"outlets": len(rows), "lag_hours": round(lag, 1)}
    yield replace(_event(target, FindingKind.NEWS, "", at), evidence=evidence)


def _rising(
    store: Store,
    target: Target,
    config: Config,
    streams: list[Stream],
    known: list[Finding],
    now: datetime,
) -> Iterator[Finding]:
    """Find hashtags that rise; one that was found goes on until it is half as surprising."""
    if not streams:
        return
    threshold = config.alerts_of(target.watch).least_score
    since = max(now - _BEFORE - _DAY, min(stream.wanted_from for stream in streams))
    open_ = {
        old.subject: old for old in known if old.kind is FindingKind.EMERGING and old.to_at is None
    }
    rising = emerging(
        store.spread.tags(target.selection(since, now)),
        watched={tag for watch in config.watches for tag in watch.tags},
        since=since,
        until=now,
        threshold=threshold / 2,
        min_authors=config.alerts_of(target.watch).min_authors,
    )
    for one in rising:
        old = open_.pop(one.hashtag, None)
        if old is None and one.score < threshold:
            continue
        yield Finding(
            watch=target.name,
            kind=FindingKind.EMERGING,
            subject=one.hashtag,
            from_at=one.first_at if old is None else old.from_at,
            to_at=None,
            score=round(one.score, 3),
            evidence={
                "posts": one.posts,
                "authors": one.authors,
                "expected": round(one.expected, 1),
            },
        )
    yield from (replace(old, to_at=now) for old in open_.values())
