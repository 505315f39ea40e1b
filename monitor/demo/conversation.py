"""The organic conversation: who says what when, who answers, who boosts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.demo import texts
from monitor.demo.people import COMMUNITIES, Community, choose, poisson
from monitor.demo.records import HASHTAG, ZONE, Account, Boost, Status

_HOUR = timedelta(hours=1)
_REPLIES = 0.4  # per post that begins a conversation
_MENTIONED, _LINKED, _TAGGED = 0.12, 0.14, 0.25  # shares of posts
_STAYS = 0.93  # share of replies and boosts that stay within the community
_MOOD = 0.1  # how much the days of a community differ


@dataclass(slots=True)
class Scene:
    """A campaign while it is being written. All chance comes from its one generator."""

    rng: random.Random
    start: datetime
    end: datetime
    people: dict[str, list[Account]]
    statuses: list[Status] = field(default_factory=list)
    boosts: list[Boost] = field(default_factory=list)
    written: int = 0

    def post(self, author: Account, at: datetime, text: str, **more: Any) -> Status:
        """Add a post."""
        status = Status(
            number=self._next(), author=author, created_at=_milliseconds(at), text=text, **more
        )
        self.statuses.append(status)
        return status

    def boost(self, author: Account, at: datetime, status: Status) -> None:
        """Add a boost; nobody boosts their own post, or one that is not written yet."""
        if author is not status.author and at > status.created_at:
            self.boosts.append(Boost(self._next(), author, _milliseconds(at), status))

    def anyone(self, community: str, *, stays: float = 1.0) -> Account:
        """Pick somebody of a community, or now and then of another."""
        if self.rng.random() >= stays:
            community = self.rng.choice([name for name in self.people if name != community])
        return choose(self.rng, self.people[community])

    def after(self, low: float, high: float) -> timedelta:
        """Give a length of time between two numbers of seconds."""
        return timedelta(seconds=self.rng.uniform(low, high))

    def _next(self) -> int:
        self.written += 1
        return self.written


def talk(scene: Scene) -> None:
    """Write the everyday conversation."""
    moods: dict[tuple[str, object], float] = {}
    hour = scene.start
    while hour < scene.end:
        local = hour.astimezone(ZoneInfo(ZONE))
        for community in COMMUNITIES:
            day = community.name, local.date()
            if day not in moods:
                moods[day] = scene.rng.lognormvariate(0, _MOOD)
            for _ in range(poisson(scene.rng, community.rate(local) * moods[day])):
                _conversation(scene, community, hour + scene.after(0, 3600))
        hour += _HOUR


def _conversation(scene: Scene, community: Community, at: datetime) -> None:
    rng = scene.rng
    author = scene.anyone(community.name)
    mentions = (scene.anyone(community.name),) if rng.random() < _MENTIONED else ()
    first = scene.post(
        author,
        at,
        texts.said(rng, community.name),
        tags=(HASHTAG, rng.choice(texts.SIDE_TAGS)) if rng.random() < _TAGGED else (HASHTAG,),
        mentions=tuple(one for one in mentions if one is not author),
        link=rng.choice(texts.NEWS) if rng.random() < _LINKED else None,
    )
    passed_on(scene, first)
    answered = first
    for _ in range(poisson(rng, _REPLIES)):
        answered = answer(scene, answered, scene.anyone(community.name, stays=_STAYS))


def answer(scene: Scene, to: Status, author: Account, *, at: datetime | None = None) -> Status:
    """Add a reply, soon if no time is given; it names whom it answers, as Mastodon's do."""
    at = at or to.created_at + timedelta(seconds=60 + scene.rng.expovariate(1 / 900))
    mentions = () if author is to.author else (to.author,)
    return scene.post(author, at, texts.answered(scene.rng), mentions=mentions, reply_to=to)


def passed_on(scene: Scene, status: Status, *, times: float = 0.45) -> None:
    """Boost a post: most are never boosted, a few a lot."""
    rng = scene.rng
    wanted = poisson(rng, times * min(rng.paretovariate(1.5), 12.0) / 2)
    for _ in range(wanted):
        who = scene.anyone(status.author.community, stays=_STAYS)
        scene.boost(
            who, status.created_at + timedelta(seconds=rng.lognormvariate(7.6, 1.2)), status
        )


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
