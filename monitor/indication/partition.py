"""Who belonged together before: the communities that spread is told by."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from analysis.graphs.community import weighted
from analysis.graphs.partition import partition_of
from analysis.indicators.facts import MEMORY

_WEEKS = 4
_WEEK = timedelta(days=7)


def partition_times(since: datetime, known_from: datetime | None) -> list[datetime]:
    """Give before when to group: the window, and each of the four weeks that it is set against.

    Only where the 28 days before are known. A week has one partition, from before it began: what
    happens in it must not make the groups that its spread is told by.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 8, 18, 12, tzinfo=UTC)
    >>> len(partition_times(noon, noon - timedelta(days=36))), partition_times(noon, None)
    (2, [])
    """
    if known_from is None:
        return []
    times = [since - back * _WEEK for back in range(_WEEKS + 1)]
    return [at for at in times if at - MEMORY >= known_from]


def community_of(edges: pl.DataFrame) -> dict[str, int]:
    """Give the community of each account of EDGES."""
    return dict(partition_of(weighted(edges)).iter_rows())
