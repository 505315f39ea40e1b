"""What is planted: the coordinated push and who picks it up, the late surge, the outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.demo import texts
from monitor.demo.conversation import Scene, answer, passed_on
from monitor.demo.people import COMMUNITIES, poisson
from monitor.demo.records import HASHTAG, Account, Boost, Status

_WAVES = (0, 9, 21, 34, 52, 71, 88)  # minutes after the push begins
_LINKED = 0.5  # share of the group's posts that carry its link
_TAKES_PART = 0.85  # chance of each account in each wave
# Who picks the push up: community, hours after it began, posts per hour at first.
_PICK_UP = (
    ("fans", 0.8, 9.0),
    ("students", 1.6, 8.0),
    ("workers", 3.1, 4.0),
    ("parents", 11.5, 4.0),
)
_PICKED_UP_FOR = timedelta(hours=16)
_SURGE_PER_HOUR = (18, 44, 52, 40, 28, 18, 10)  # posts per hour of the surge


@dataclass(frozen=True, slots=True)
class Push:
    """What the push left behind."""

    statuses: list[Status]
    picked_up: dict[str, datetime]
    until: datetime  # the group's last post
    pick_up_until: datetime


def push(scene: Scene, group: Sequence[Account], at: datetime) -> Push:
    """Let the group write the same within seconds, boost each other, and call others in."""
    rng = scene.rng
    pushed: list[Status] = []
    for wave, minutes in enumerate(_WAVES):
        moment = at + timedelta(minutes=minutes)
        written = [
            scene.post(
                author,
                moment + scene.after(0, 40),
                texts.pushed(rng, wave),
                tags=(HASHTAG, "TolakTarif"),
                mentions=_called(scene),
                link=texts.PUSHED_LINK if rng.random() < _LINKED else None,
            )
            for author in group
            if rng.random() < _TAKES_PART
        ]
        for status in rng.sample(written, min(3, len(written))):
            for author in group:
                if rng.random() < _TAKES_PART:
                    scene.boost(author, status.created_at + scene.after(2, 50), status)
        pushed += written
    picked_up, last = _pick_up(scene, pushed, at)
    return Push(pushed, picked_up, max(s.created_at for s in pushed), last)


def _called(scene: Scene) -> tuple[Account, ...]:
    """Give a loud account of another community, whose readers are wanted."""
    if scene.rng.random() >= 0.4:
        return ()
    community = scene.rng.choice([name for name, _, _ in _PICK_UP])
    loud = sorted(scene.people[community], key=lambda a: (-a.weight, a.number))[:8]
    return (scene.rng.choice(loud),)


def _pick_up(
    scene: Scene, pushed: list[Status], at: datetime
) -> tuple[dict[str, datetime], datetime]:
    """Let other communities come across the push, one after the other, and lose interest."""
    rng = scene.rng
    moments: dict[str, list[datetime]] = {}
    for community, delay, per_hour in _PICK_UP:
        hour, rate = at + timedelta(hours=delay), per_hour
        while hour < at + _PICKED_UP_FOR:
            for _ in range(poisson(rng, rate)):
                moment = hour + scene.after(0, 3600)
                seen = [s for s in pushed if s.created_at < moment] or pushed[:1]
                _come_across(scene, scene.anyone(community), rng.choice(seen), moment)
                moments.setdefault(community, []).append(moment)
            hour, rate = hour + timedelta(hours=1), rate * 0.55
    first = {community: min(times) for community, times in moments.items()}
    return first, max(moment for times in moments.values() for moment in times)


def _come_across(scene: Scene, who: Account, status: Status, moment: datetime) -> None:
    """Boost it, and often say something too."""
    scene.boost(who, moment, status)
    if scene.rng.random() < 0.55:
        own = scene.post(who, moment + scene.after(30, 400), texts.picked_up(scene.rng))
        passed_on(scene, own)
    elif scene.rng.random() < 0.3:
        answer(scene, status, who, at=moment + scene.after(30, 400))


def surge(scene: Scene, at: datetime) -> tuple[list[Status], datetime]:
    """Let very many speak of one thing for some hours, each in their own words."""
    rng = scene.rng
    written: list[Status] = []
    names = [community.name for community in COMMUNITIES]
    for hour, rate in enumerate(_SURGE_PER_HOUR):
        for _ in range(poisson(rng, rate)):
            moment = at + timedelta(hours=hour) + scene.after(0, 3600)
            # Everybody alike: those who seldom speak do so today.
            author = rng.choice(scene.people[rng.choice(names)])
            status = scene.post(author, moment, texts.surged(rng))
            passed_on(scene, status)
            written.append(status)
    return written, max(status.created_at for status in written)


@dataclass(frozen=True, slots=True)
class Outage:
    """When the server is away; what was posted then is lost to it."""

    start: datetime
    end: datetime

    def survivors(
        self, statuses: Sequence[Status], boosts: Sequence[Boost]
    ) -> tuple[list[Status], list[Boost]]:
        """Give what the server has in the end: nothing from the outage, nothing about it."""
        lost = {s.number for s in statuses if self._hides(s.created_at)}
        kept = [
            _orphaned(s) if s.reply_to is not None and s.reply_to.number in lost else s
            for s in statuses
            if s.number not in lost
        ]
        return kept, [
            b for b in boosts if not self._hides(b.created_at) and b.status.number not in lost
        ]

    def _hides(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def _orphaned(status: Status) -> Status:
    return Status(
        number=status.number,
        author=status.author,
        created_at=status.created_at,
        text=status.text,
        tags=status.tags,
        mentions=status.mentions,
        link=status.link,
    )
