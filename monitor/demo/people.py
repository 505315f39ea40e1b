"""The synthetic accounts, and when and how often their communities speak."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.demo.records import GROUP, Account

_EVERYWHERE = "nusantara.example"  # where a quarter of each community lives
_ELSEWHERE = 0.25


@dataclass(frozen=True, slots=True)
class Community:
    """One circle: how large, where, and at which hours (WIB) it talks."""

    name: str
    prefix: str
    server: str
    size: int
    posts_per_day: float  # that begin a conversation; replies come on top
    peaks: tuple[tuple[float, float, float], ...]  # hour, width in hours, height
    weekend: float  # compared with a weekday

    def rate(self, local: datetime) -> float:
        """Give the posts per hour that are usual at a local time."""
        hour = local.hour + local.minute / 60
        shape = _shape(self.peaks, hour) / _mean_shape(self.peaks)
        return self.posts_per_day / 24 * shape * (self.weekend if local.weekday() >= 5 else 1.0)


COMMUNITIES = (
    Community(
        "students",
        "mhs",
        "kampus.example",
        170,
        30,
        ((12, 2, 0.6), (16, 2, 0.8), (21.5, 2.2, 1.2)),
        1.15,
    ),
    Community(
        "workers",
        "pekerja",
        "kantor.example",
        160,
        30,
        ((7, 1.2, 1.3), (12, 1.2, 0.9), (18.5, 2, 1.1)),
        0.6,
    ),
    Community(
        "parents",
        "ortu",
        "keluarga.example",
        120,
        20,
        ((9, 2, 0.8), (13, 2, 0.5), (20, 2, 1.0)),
        1.0,
    ),
    Community(
        "tech",
        "dev",
        "teknologi.example",
        90,
        15,
        ((10.5, 2.5, 0.8), (15, 2, 0.7), (21, 2, 0.7)),
        0.7,
    ),
    Community("fans", "fans", "penggemar.example", 130, 18, ((13, 2, 0.4), (20.5, 2.3, 1.4)), 1.3),
)


def make_accounts(rng: random.Random, start: datetime) -> dict[str, list[Account]]:
    """Make the accounts of every community; a few of each speak far more often than the rest."""
    made: dict[str, list[Account]] = {}
    number = 0
    for community in COMMUNITIES:
        made[community.name] = []
        for _ in range(community.size):
            number += 1
            is_away = rng.random() < _ELSEWHERE
            weight = min(rng.paretovariate(1.6), 25.0)
            made[community.name].append(
                Account(
                    number=number,
                    username=f"{'warga' if is_away else community.prefix}_{number:04d}",
                    server=_EVERYWHERE if is_away else community.server,
                    community=community.name,
                    created_at=start - timedelta(days=rng.uniform(60, 2500)),
                    followers=int(weight * rng.uniform(8, 160)),
                    following=rng.randint(20, 900),
                    statuses=int(weight * rng.uniform(30, 900)),
                    weight=weight,
                )
            )
    return made


def make_group(rng: random.Random, start: datetime, size: int, *, first: int) -> list[Account]:
    """Make the coordinated accounts: young, with few followers, on servers of the others."""
    servers = [community.server for community in COMMUNITIES]
    return [
        Account(
            number=first + place,
            username=f"suara_{first + place:04d}",
            server=servers[place % len(servers)],
            community=GROUP,
            created_at=start - timedelta(days=rng.uniform(3, 25)),
            followers=rng.randint(2, 40),
            following=rng.randint(40, 300),
            statuses=rng.randint(10, 120),
            weight=1.0,
        )
        for place in range(size)
    ]


def choose(rng: random.Random, accounts: Sequence[Account]) -> Account:
    """Pick an account, those who speak often more often."""
    return rng.choices(accounts, weights=[account.weight for account in accounts])[0]


def poisson(rng: random.Random, mean: float) -> int:
    """Draw a count (Knuth 1969, The Art of Computer Programming 2, 3.4.1)."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _shape(peaks: tuple[tuple[float, float, float], ...], hour: float) -> float:
    floor = 0.08
    return floor + sum(
        height * math.exp(-0.5 * (_around(hour - at) / width) ** 2) for at, width, height in peaks
    )


def _around(hours: float) -> float:
    """Give the distance on the clock: 23 and 1 are two hours apart."""
    return (hours + 12) % 24 - 12


def _mean_shape(peaks: tuple[tuple[float, float, float], ...]) -> float:
    return sum(_shape(peaks, quarter / 4) for quarter in range(96)) / 96
