"""M and O of a watch, from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analysis.findings import FindingKind
from analysis.trends.daily import daily_components, dials
from analysis.trends.dials import Dial
from monitor.config import Config, Watch
from monitor.measure import Target
from monitor.store import Store
from monitor.store.queries import Selection

_DAY = timedelta(days=1)
_PAST = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Dials:
    """How broad it is, and how coordinated it looks. Never made into one number."""

    mobilisation: Dial
    orchestration: Dial


def dials_of(store: Store, config: Config, watch: Watch, *, until: datetime) -> Dials:
    """Set the last 24 hours of a watch against its own quiet days of four weeks."""
    until = until.astimezone(UTC)
    since = until - _PAST
    selection = Target(watch.name, watch.tags, watch=watch.name).selection(since, until)
    everything = tuple(dict.fromkeys(tag for one in config.watches for tag in one.tags))
    platforms = store.spread.platforms(selection)
    if len(config.watches) > 1:
        all_posts = store.spread.times(Selection(hashtags=everything, since=since, until=until))
    else:
        all_posts = platforms.select("sort_at").clear()  # of itself it has all the attention
    daily = daily_components(
        store.queries.activity(selection), platforms, until=until, all_posts=all_posts
    )
    return Dials(*dials(daily, loud=_loud(store, watch, since, until)))


def _loud(store: Store, watch: Watch, since: datetime, until: datetime) -> set[int]:
    """Give the days that had a burst, counted backwards from `until`."""
    days: set[int] = set()
    for finding in store.findings.between(watch=watch.name, since=since):
        if finding.kind is FindingKind.BURST:
            first = (until - finding.from_at) // _DAY
            last = (until - (finding.to_at or until)) // _DAY
            days.update(range(max(0, last), first + 1))
    return days
