"""A report for publication: no handle, no key, no link to anybody's post, but of public figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from monitor.naming import Known, Naming, plain_if_personal
from monitor.report.report import AmplifiedRow, AuthorRow, CountRow, GapRow
from monitor.report.rows import Ranked
from monitor.store import Store

_Row = TypeVar("_Row", AuthorRow, AmplifiedRow)


def redacted(ranked: Ranked, store: Store, naming: Naming) -> Ranked:
    """Give the rankings with the names that accounts have outside."""
    keys = [row.author for row in ranked.authors] + [row.author for row in ranked.amplified]
    known = store.privacy.known_as(keys)
    return Ranked(
        authors=[_row(row, known, naming) for row in ranked.authors],
        amplified=[_row(row, known, naming) for row in ranked.amplified],
        hashtags=ranked.hashtags,
        links=_links(ranked.links),
    )


def redacted_gaps(gaps: list[GapRow], naming: Naming) -> list[GapRow]:
    """Return gaps whose sources name nobody; what such a source said may hold its name."""
    return [_gap(gap, naming) for gap in gaps]


def _gap(gap: GapRow, naming: Naming) -> GapRow:
    if gap.source is None or (source := naming.source(gap.source)) == gap.source:
        return gap
    return replace(gap, source=source, detail=None)


def _row(row: _Row, known: dict[str, Known], naming: Naming) -> _Row:
    about = known.get(row.author) or Known(row.handle)
    if naming.is_public(row.author, about):
        return row
    return replace(row, author=naming.pseudonym(row.author), handle=None)


def _links(rows: list[CountRow]) -> list[CountRow]:
    return [replace(row, name=plain_if_personal(row.name)) for row in rows]
