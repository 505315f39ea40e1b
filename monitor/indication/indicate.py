"""The indicators of a window and the dials of a day: one value, that every format shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis.indicators.dials import CAUTION, Dials, dials
from analysis.indicators.facts import DAY, Facts
from analysis.indicators.indicator import Indicator
from analysis.indicators.told import LEAST_COVERAGE, indicators
from monitor.config import Config

SCHEMA = "gaung.indicators/1"
_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """All that is told of a target in a window."""

    target: str
    since: datetime
    until: datetime
    timezone: str
    posts: int
    acts: int  # with the reposts that are no posts
    authors: int
    coverage: float | None
    indicators: list[Indicator]
    dials: Dials | None
    no_dials: str  # why there are none
    notes: list[str]

    @property
    def reading(self) -> str:
        """Which of the four cases it is, or why nobody can say."""
        if self.dials is None:
            return f"no reading: {self.no_dials}"
        both = (("M", self.dials.mobilisation), ("O", self.dials.orchestration))
        missing = [f"{name}: {one.note}" for name, one in both if one.value is None]
        return self.dials.reading or f"no reading: {'; '.join(missing)}"


def indicate(
    facts: Facts, config: Config, target: str, *, stored: bool, notes: list[str] | None = None
) -> Indication:
    """Compute it. stored: it is a window of what is collected, which has quiet days of its own."""
    why = _why_no_dials(facts, stored=stored)
    return Indication(
        target=target,
        since=facts.since,
        until=facts.until,
        timezone=config.timezone,
        posts=int(facts.within["is_post"].sum()),
        acts=facts.within.height,
        authors=facts.tallies.count,
        coverage=facts.coverage,
        indicators=indicators(facts, zone=config.zone.key),
        dials=dials(facts) if not why else None,
        no_dials=why,
        notes=[*(notes or []), CAUTION],
    )


def _why_no_dials(facts: Facts, *, stored: bool) -> str:
    if not stored:
        return "a file has no quiet days of its own to compare with: collect it, or import it"
    if facts.coverage is not None and facts.coverage < LEAST_COVERAGE:
        return f"less than {LEAST_COVERAGE:.0%} of this time was observed"
    if abs((facts.until - facts.since) - DAY) > _SLACK:
        return "dials are of one day: ask for 24 hours"
    return ""
