"""The two dials: M, how broad (mobilisation), and O, how coordinated (orchestration)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LEAST_PAST = 14  # quiet days
_LEAST_COMPONENTS = 2
MOBILISATION = (
    "attention_share",
    "author_growth",
    "first_time_share",
    "platforms",
    "community_spread",
)
ORCHESTRATION = (
    "originality",
    "near_duplicates",
    "concentration",
    "ctm_ratio",
    "synchrony",
    "new_accounts",
)
REVERSED = frozenset({"originality"})  # little of it is what counts


@dataclass(frozen=True, slots=True)
class Component:
    """One indicator, and where it stands among the watch's own quiet days."""

    name: str
    value: float
    percentile: float  # 0-100; 50: as on the middle day
    n_past: int


@dataclass(frozen=True, slots=True)
class Dial:
    """The mean of the percentiles; None where too little is known."""

    value: float | None
    components: tuple[Component, ...]
    note: str = ""


def dial(
    names: Sequence[str],
    values: Mapping[str, float | None],
    past: Mapping[str, Sequence[float | None]],
) -> Dial:
    """Set today's indicators against those of the watch's own quiet days.

    A component without a value, or with fewer than 14 past ones, is left out; with fewer than two
    components nothing is told. M and O are never made into one number.

    >>> days = [n / 20 for n in range(20)]
    >>> told = dial(("concentration", "originality"), {"concentration": 0.9, "originality": 0.1},
    ...             {"concentration": days, "originality": days})
    >>> told.value, [(one.name, one.percentile) for one in told.components]
    (90.0, [('concentration', 92.5), ('originality', 87.5)])
    """
    components = []
    for name in names:
        value = values.get(name)
        known = [one for one in past.get(name, ()) if one is not None]
        if value is None or len(known) < _LEAST_PAST:
            continue
        rank = _percentile(value, known)
        components.append(
            Component(name, value, 100 - rank if name in REVERSED else rank, len(known))
        )
    if len(components) < _LEAST_COMPONENTS:
        days = max((len([v for v in past.get(n, ()) if v is not None]) for n in names), default=0)
        return Dial(None, tuple(components), f"too few quiet days: {days} of {_LEAST_PAST}")
    mean = sum(one.percentile for one in components) / len(components)
    return Dial(round(mean, 1), tuple(components))


def _percentile(value: float, past: Sequence[float]) -> float:
    """Give the mid-rank of a value among past ones, in percent."""
    below = sum(one < value for one in past)
    equal = sum(one == value for one in past)
    return 100 * (below + equal / 2) / len(past)
