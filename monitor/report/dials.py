"""The two dials of a report: of its loudest day, else of its last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from analysis.indicators.dials import Dial
from monitor.config import Config
from monitor.coordination.stored import acted_together
from monitor.engines import Engine
from monitor.indication.indicate import Indication, indicate
from monitor.indication.stored import facts_of_store
from monitor.report.report import BurstRow, ComponentRow, DialRow
from monitor.report.together import Together
from monitor.store import Store
from monitor.target import Target

_DAY = timedelta(days=1)
_TITLES = {"M": "how broad: mobilisation", "O": "how coordinated it looks: orchestration"}


def dial_day(until: datetime, bursts: Sequence[BurstRow]) -> tuple[datetime, datetime]:
    """Give the 24 hours that the dials are of: around the strongest burst, else the last ones."""
    if bursts:
        strongest = max(bursts, key=lambda burst: burst.score)
        until = min(until, strongest.peak_at + _DAY / 2)
    return until - _DAY, until


def indication_of(
    store: Store,
    config: Config,
    target: Target,
    day: tuple[datetime, datetime],
    *,
    seen: Together,
    engine: Engine | None = None,
) -> Indication:
    """Give the indicators and dials of a day. engine: what looks for groups, where one is named.

    seen: what was looked at for the whole report, which need not be done again for the same posts.
    """
    since, until = day
    if seen.holds_of(day):
        acted = seen.acts
    else:
        acted, _ = acted_together(store, target, since, until, engine=engine)
    facts = facts_of_store(store, config, target, since=since, until=until, coordinated=acted)
    return indicate(facts, config, target.name, stored=True)


def dial_rows(told: Indication) -> list[DialRow]:
    """Give both dials, also where nothing can be said."""
    return [
        DialRow(
            dial=name,
            title=_TITLES[name],
            since=told.since,
            until=told.until,
            value=None if dial is None else dial.value,
            rests_on=0 if dial is None else dial.known,
            note=_note(told, dial),
        )
        for name, dial in _both(told)
    ]


def component_rows(told: Indication) -> list[ComponentRow]:
    """Give what the dials rest on."""
    titles = {one.name: one.title for one in told.indicators}
    return [
        ComponentRow(
            dial=name,
            name=one.name,
            title=titles[one.name],
            value=None if one.value is None else round(one.value, 6),
            percentile=None if one.percentile is None else round(one.percentile, 1),
            days=one.n_past,
        )
        for name, dial in _both(told)
        if dial is not None
        for one in dial.components
    ]


def _both(told: Indication) -> list[tuple[str, Dial | None]]:
    if told.dials is None:
        return [("M", None), ("O", None)]
    return [("M", told.dials.mobilisation), ("O", told.dials.orchestration)]


def _note(told: Indication, dial: Dial | None) -> str | None:
    if dial is None:
        return told.no_dials
    if dial.value is not None and dial.too_few:
        return f"rough: it rests on {dial.known} of {len(dial.components)} components"
    return dial.note or None
