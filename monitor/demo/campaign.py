"""A synthetic campaign: the same seed gives the same posts, on every Python.

Nothing in it is real: not the bridge, not the town, not one account, not one post.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.demo.conversation import Scene, talk
from monitor.demo.people import make_accounts, make_group
from monitor.demo.planted import Outage, push, surge
from monitor.demo.records import ZONE, Campaign, Planted

SEED = 2026
_GROUP_SIZE = 12
_FIRST_DAY = datetime(2026, 8, 18, tzinfo=ZoneInfo(ZONE))  # a Tuesday


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long the campaign is, and on which of its days what is planted; the first is day 1."""

    days: int = 14
    outage: int = 7
    push: int = 10
    surge: int = 13


def campaign(seed: int = SEED, *, plan: Plan | None = None) -> Campaign:
    """Write a campaign."""
    plan = plan or Plan()
    rng = random.Random(seed)  # noqa: S311  # a story, no secret
    start, end = _day(1), _day(plan.days + 1)
    people = make_accounts(rng, start)
    first = 1 + sum(map(len, people.values()))
    group = make_group(rng, _day(plan.push), _GROUP_SIZE, first=first)
    scene = Scene(rng, start, end, people)
    talk(scene)
    pushed = push(scene, group, _day(plan.push, hour=19, minute=12))
    surged, surge_until = surge(scene, _day(plan.surge, hour=15, minute=10))
    outage = Outage(_day(plan.outage, hour=8, minute=45), _day(plan.outage, hour=17, minute=25))
    statuses, boosts = outage.survivors(scene.statuses, scene.boosts)
    return Campaign(
        seed=seed,
        start=start,
        end=end,
        accounts=(*(a for accounts in people.values() for a in accounts), *group),
        statuses=tuple(sorted((s for s in statuses if s.created_at < end), key=lambda s: s.id)),
        boosts=tuple(sorted((b for b in boosts if b.created_at < end), key=lambda b: b.id)),
        planted=Planted(
            group=tuple(group),
            push_from=min(s.created_at for s in pushed.statuses),
            push_until=pushed.until,
            push_posts=len(pushed.statuses),
            picked_up=pushed.picked_up,
            pick_up_until=pushed.pick_up_until,
            surge_from=min(s.created_at for s in surged),
            surge_until=surge_until,
            surge_posts=len(surged),
            surge_authors=len({s.author.number for s in surged}),
            outage_from=outage.start,
            outage_until=outage.end,
            lost=len(scene.statuses) - len(statuses),
        ),
    )


def _day(number: int, *, hour: int = 0, minute: int = 0) -> datetime:
    """Give a time on a day of the campaign."""
    return _FIRST_DAY + timedelta(days=number - 1, hours=hour, minutes=minute)
