"""A report for publication: no handle, no key, no link to anybody's post, but of public figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from monitor.naming import Known, Naming, plain_if_personal
from monitor.report.report import AmplifiedRow, AuthorRow, CountRow
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


def _row(row: _Row, known: dict[str, Known], naming: Naming) -> _Row:
    about = known.get(row.author) or Known(row.handle)
    if naming.is_public(row.author, about):
        return row
    return replace(row, author=naming.pseudonym(row.author), handle=None)


def _links(rows: list[CountRow]) -> list[CountRow]:
    return [replace(row, name=plain_if_personal(row.name)) for row in rows]
