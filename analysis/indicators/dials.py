"""The two dials: M, how broad (mobilisation), and O, how coordinated it looks (orchestration)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.indicators.facts import DAY, Facts
from analysis.indicators.told import component_values

_PAST = 28  # days that a day is set against
_LEAST_PAST = 14  # of them quiet
_LEAST_COMPONENTS = 2
FIRM = 3  # resting on fewer components, a dial is too rough to be read by its number
MOBILISATION = (
    "attention_share",
    "author_growth",
    "first_time_share",
    "effective_platforms",
    "community_spread",
)
ORCHESTRATION = (
    "original_acts",
    "near_duplicates",
    "concentration",
    "ctm_ratio",
    "synchrony",
    "new_account_share",
)
REVERSED = frozenset({"original_acts"})  # little of it is what counts
# From here on a dial is high. Of simulated quiet days none has such an O, one in five such an M
# while it rests on three components (bench/indicators.py).
HIGH = 75.0
CAUTION = "Coordination is no proof of bots, payment or falsehood."


@dataclass(frozen=True, slots=True)
class Component:
    """One indicator, and where it stands among the watch's own quiet days."""

    name: str
    value: float | None  # None: it is not known of this day
    percentile: float | None  # 0-100; 50: as on the middle day. None: too few quiet days know it
    n_past: int


@dataclass(frozen=True, slots=True)
class Dial:
    """The mean of the percentiles; None where too little is known."""

    value: float | None
    components: tuple[Component, ...]  # all of them, also those that do not count
    note: str = ""

    @property
    def known(self) -> int:
        """How many components count."""
        return sum(one.percentile is not None for one in self.components)

    @property
    def too_few(self) -> bool:
        """Whether it rests on so few components that its number says little.

        >>> Dial(80.0, tuple(Component(str(n), 1.0, 80.0, 20) for n in range(2))).too_few
        True
        """
        return self.known < FIRM


@dataclass(frozen=True, slots=True)
class Dials:
    """How broad it is, and how coordinated it looks. Never made into one number."""

    mobilisation: Dial
    orchestration: Dial

    @property
    def reading(self) -> str | None:
        """Which of four cases it is; None where a dial is missing.

        >>> Dials(Dial(90.0, ()), Dial(40.0, ())).reading
        'broad concern: listen'
        """
        broad, pushed = self.mobilisation.value, self.orchestration.value
        if broad is None or pushed is None:
            return None
        return {
            (False, False): "quiet",
            (True, False): "broad concern: listen",
            (False, True): "manufactured-looking noise: do not amplify",
            (True, True): "orchestrated and caught on: answer the substance, document the rest",
        }[broad >= HIGH, pushed >= HIGH]


def dials(facts: Facts) -> Dials:
    """Set the day before `facts.until` against the quiet ones of the 28 days before it.

    The window must be that day. A day that touches a loud stretch is no quiet one. Every day's
    numbers are those that `indicators` tells of it.
    """
    now = component_values(facts)
    today = (facts.since, facts.until)
    past = []
    for day in range(1, _PAST + 1):
        since, until = facts.since - day * DAY, facts.until - day * DAY
        known = facts.known_from is not None and since >= facts.known_from
        if not known or any(start < until and end > since for start, end in facts.loud):
            continue
        # Today is what is asked about: it is no quiet time for the others to be compared with.
        before = replace(facts, loud=(*facts.loud, today), anchor=facts.since).at(since, until)
        past.append(component_values(before))
    series = {name: [values[name] for values in past] for name in now}
    return Dials(
        *(dial(names, now, series, days=len(past)) for names in (MOBILISATION, ORCHESTRATION))
    )


def dial(
    names: Sequence[str],
    values: Mapping[str, float | None],
    past: Mapping[str, Sequence[float | None]],
    *,
    days: int,
) -> Dial:
    """Set a day's indicators against those of the watch's own quiet days.

    A component without a value, or with fewer than 14 past ones, does not count; with fewer than
    two that do, nothing is told. days: how many quiet ones are known.

    >>> days = [n / 20 for n in range(20)]
    >>> told = dial(("concentration", "original_acts"),
    ...             {"concentration": 0.9, "original_acts": 0.1},
    ...             {"concentration": days, "original_acts": days}, days=20)
    >>> told.value, [(one.name, one.percentile) for one in told.components]
    (90.0, [('concentration', 92.5), ('original_acts', 87.5)])
    """
    components = tuple(_component(name, values.get(name), past.get(name, ())) for name in names)
    ranks = [one.percentile for one in components if one.percentile is not None]
    if len(ranks) < _LEAST_COMPONENTS:
        if days < _LEAST_PAST:
            return Dial(None, components, f"too few quiet days: {days} of {_LEAST_PAST}")
        return Dial(
            None, components, f"too few components are known of 14 quiet days: {len(ranks)} of 2"
        )
    return Dial(round(sum(ranks) / len(ranks), 1), components)


def _component(name: str, value: float | None, past: Sequence[float | None]) -> Component:
    known = [one for one in past if one is not None]
    if value is None or len(known) < _LEAST_PAST:
        return Component(name, value, None, len(known))
    rank = _percentile(value, known)
    return Component(name, value, 100 - rank if name in REVERSED else rank, len(known))


def _percentile(value: float, past: Sequence[float]) -> float:
    """Give the mid-rank of a value among past ones, in percent."""
    below = sum(one < value for one in past)
    equal = sum(one == value for one in past)
    return 100 * (below + equal / 2) / len(past)
