"""Simulated watches: 28 quiet days, and then a day that is quiet, broadly concerned, or pushed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.frames import ACTIVITY, PARTICIPATION
from analysis.indicators.facts import DAY, Facts
from analysis.trends.burst import scores
from analysis.trends.newcomers import author_scores
from analysis.trends.volume import volume

UNTIL = datetime(2026, 8, 18, tzinfo=UTC)
_DAYS = 28
_HOUR = timedelta(hours=1)
# Jakarta's day: quiet before dawn, loud after dinner.
_HOURS = np.array(
    [.25, .15, .1, .1, .2, .5, .9, 1.2, 1.3, 1.3, 1.2, 1.2, 1.3, 1.2, 1.1, 1.1, 1.2, 1.3, 1.5, 1.7,
     1.7, 1.5, 1.0, .5]
)  # fmt: skip
_PLATFORMS = np.array(["mastodon", "bluesky"])
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Push:
    """A group that pushes: how much of the day is theirs, and how they do it."""

    share: float = 0.7  # of the day's acts
    copies: float = 0.5  # of their acts repeat a text, the others pass on the same posts
    new_accounts: float = 0.4


class Watch:
    """One simulated watch; each has its own size, habits and taste for reposts."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.regulars = int(self.rng.integers(200, 600))
        self.activity = self.rng.pareto(2.5, self.regulars) + 1
        self.ages = self.rng.lognormal(6.5, 1.0, 200_000)  # days, median 665
        self.calm = float(self.rng.uniform(90, 220))  # acts a day
        self.reposts = float(self.rng.uniform(0.3, 0.6))
        self.shared_texts = float(self.rng.uniform(0.0, 0.06))  # share buttons
        self.second = float(self.rng.uniform(0.1, 0.4))  # of the second platform
        self.strangers = self.regulars  # numbers of authors not seen before start here
        self.texts = 1_000

    def quiet_day(self, day: int, acts: int | None = None) -> pl.DataFrame:
        """Give a usual day: regulars, one in five of the authors somebody new."""
        rng = self.rng
        n = int(rng.negative_binomial(8, 8 / (8 + self.calm))) + 20 if acts is None else acts
        who = rng.choice(self.regulars, n, p=self.activity / self.activity.sum())
        new = rng.random(n) < 0.2
        who = np.where(new, self._newcomers(n), who)
        return self._acts(day, who, rng.random(n) < self.reposts, self._own_texts(n))

    def broad_day(self, acts: int, *, viral: bool = False) -> pl.DataFrame:
        """Give a day of broad concern: many who never wrote of it, each for themselves.

        viral: half as many reposts again, and one post in eight by a share button.
        """
        rng = self.rng
        pool = self._newcomers(4 * acts)
        weight = rng.pareto(2.5, len(pool)) + 1
        who = rng.choice(pool, acts, p=weight / weight.sum())
        regular = rng.random(acts) < rng.uniform(0.15, 0.4)
        usual = rng.choice(self.regulars, acts, p=self.activity / self.activity.sum())
        # What moves many is passed on more, and share buttons are pressed more.
        more = 0.5 * self.reposts if viral else rng.uniform(0.0, 0.1)
        reposts = rng.random(acts) < min(self.reposts + more, 0.9)
        buttons = 0.125 if viral else self.shared_texts + rng.uniform(0.0, 0.02)
        texts = self._own_texts(acts, buttons=buttons)
        return self._acts(0, np.where(regular, usual, who), reposts, texts)

    def pushed_day(self, acts: int, push: Push) -> pl.DataFrame:
        """Give a day on which a group adds its acts to the usual ones."""
        rng = self.rng
        pushed = int(acts * push.share)
        size = int(rng.integers(15, 41))
        group = self._newcomers(size)
        self.ages[group[: int(size * push.new_accounts)]] = rng.uniform(
            1, 25, int(size * push.new_accounts)
        )
        who = rng.choice(group, pushed)
        copies = rng.random(pushed) < push.copies
        texts = np.where(copies, rng.integers(1, 9, pushed) + self.texts, 0)
        self.texts += 10
        theirs = self._acts(0, who, ~copies, texts)
        return pl.concat([self.quiet_day(0, acts - pushed), theirs])

    def _newcomers(self, n: int) -> _Ints:
        self.strangers += n
        return np.arange(self.strangers - n, self.strangers)

    def _own_texts(self, n: int, buttons: float | None = None) -> _Ints:
        rng = self.rng
        shared = rng.random(n) < (self.shared_texts if buttons is None else buttons)
        self.texts += n
        own = np.arange(self.texts - n, self.texts)
        return np.where(shared, rng.integers(1, 30, n), own)

    def _acts(
        self, day: int, who: _Ints, reposts: npt.NDArray[np.bool_], texts: _Ints
    ) -> pl.DataFrame:
        rng, n = self.rng, len(who)
        seconds = rng.choice(24, n, p=_HOURS / _HOURS.sum()) * 3600 + rng.integers(0, 3600, n)
        begin = UNTIL - (day + 1) * DAY
        compared = pl.Series(texts, dtype=pl.UInt64)
        text = pl.select(pl.when(~pl.lit(pl.Series(reposts)) & (compared > 0)).then(compared))
        text_ids = text.to_series()
        born = UNTIL - _DAYS * DAY
        return pl.DataFrame(
            {
                "sort_at": _times(begin, seconds),
                "author_id": who.astype(np.uint64),
                "is_post": np.ones(n, dtype=np.bool_),
                "is_repost": reposts,
                "text_id": text_ids,
                "platform": _PLATFORMS[(rng.random(n) < self.second).astype(np.int64)],
                "near_id": text_ids,
                "born_at": _times(born, -86_400 * self.ages[who]),
            },
            schema=PARTICIPATION,
        )


def facts_of(watch: Watch, last: pl.DataFrame) -> Facts:
    """Give the facts of a last day after 28 quiet ones, beside the posts of other watches."""
    days = [watch.quiet_day(day) for day in range(_DAYS, 0, -1)]
    acts = pl.concat([*days, last]).sort("sort_at", "author_id")
    since = UNTIL - (_DAYS + 1) * DAY
    counted = volume(
        acts.select(ACTIVITY.names()),
        since=since,
        until=UNTIL,
        window=_HOUR,
        zone="UTC",
        coverage=None,
    )
    posts = scores(counted, window=_HOUR, zone="UTC")
    authors = author_scores(counted, window=_HOUR, zone="UTC").select(
        expected_authors="expected", author_score="score"
    )
    others = _others(watch, since)
    return Facts(
        acts=acts,
        since=UNTIL - DAY,
        until=UNTIL,
        known_from=since,
        near=True,
        windows=pl.concat(
            [counted, posts.select("expected", "score", "dispersion"), authors],
            how="horizontal",
        ),
        all_posts=pl.concat([acts.select("sort_at", "platform"), others]).sort("sort_at"),
    )


def _times(begin: datetime, seconds: npt.NDArray[np.float64] | _Ints) -> pl.Series:
    offsets = pl.Series((seconds * 1_000_000).astype(np.int64)).cast(pl.Duration("us"))
    return (pl.select(at=pl.lit(begin) + offsets)["at"]).cast(pl.Datetime("us", "UTC"))


def _others(watch: Watch, since: datetime) -> pl.DataFrame:
    n = int(watch.rng.poisson(4 * watch.calm * (_DAYS + 1)))
    seconds = watch.rng.integers(0, (_DAYS + 1) * 86_400, n)
    return pl.DataFrame(
        {
            "sort_at": _times(since, seconds),
            "platform": _PLATFORMS[watch.rng.integers(0, 2, n)],
        },
        schema={"sort_at": pl.Datetime("us", "UTC"), "platform": pl.String},
    )


def last_days(seed: int, acts: int, pushes: Mapping[str, Push]) -> Iterator[tuple[str, Facts]]:
    """Give the same watch with each kind of last day: quiet, broad, viral, and each push."""
    for kind in ("quiet", "broad", "viral", *pushes):
        watch = Watch(seed)
        if kind == "quiet":
            last = watch.quiet_day(0)
        elif kind in pushes:
            last = watch.pushed_day(acts, pushes[kind])
        else:
            last = watch.broad_day(acts, viral=kind == "viral")
        yield kind, facts_of(watch, last)
