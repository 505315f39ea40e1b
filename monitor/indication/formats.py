"""Renders indicators for machines: JSON and CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec

from analysis.indicators.catalogue import CATALOGUE
from analysis.indicators.dials import HIGH, Dial
from monitor.indication.indicate import SCHEMA, Indication
from monitor.sheets.cells import safe

_COLUMNS = (
    "number",
    "name",
    "title",
    "family",
    "value",
    "label",
    "low",
    "high",
    "interval",
    "n",
    "coverage",
    "note",
)


def as_json(told: Indication) -> str:
    """Give all of it, with definitions and sources; times are UTC, null is unknown."""
    found = told.dials
    content = {
        "schema": SCHEMA,
        "target": told.target,
        "since": _utc(told.since),
        "until": _utc(told.until),
        "timezone": told.timezone,
        "posts": told.posts,
        "acts": told.acts,
        "authors": told.authors,
        "coverage": told.coverage,
        "reading": told.reading,
        "dials": {
            "mobilisation": None if found is None else _dial(found.mobilisation),
            "orchestration": None if found is None else _dial(found.orchestration),
            "high_from": HIGH,
            "note": told.no_dials or None,
        },
        "indicators": [asdict(one) | specified(one.name) for one in told.indicators],
        "notes": told.notes,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def as_csv(told: Indication) -> str:
    """Give one row per indicator, and one per dial."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in told.indicators:
        row = asdict(one)
        writer.writerow([_cell(row[name]) for name in _COLUMNS])
    if told.dials is not None:
        both = (told.dials.mobilisation, told.dials.orchestration)
        for letter, name, dial in zip("MO", ("mobilisation", "orchestration"), both, strict=True):
            value = "" if dial.value is None else dial.value
            title = f"Dial {letter}"
            few = ": too few" if dial.too_few else ""
            note = dial.note or f"{dial.known} of {len(dial.components)} components{few}"
            writer.writerow(["", name, title, letter, value, "", "", "", "", "", "", note])
    return out.getvalue()


def _cell(value: object) -> object:
    return "" if value is None else safe(value) if isinstance(value, str) else value


def _dial(dial: Dial) -> dict[str, Any]:
    return {
        "value": dial.value,
        "note": dial.note or None,
        "components_known": dial.known,
        "too_few": dial.too_few,
        "components": [asdict(one) for one in dial.components],
    }


def specified(name: str) -> dict[str, str]:
    """Give what an indicator is, by its name."""
    spec = CATALOGUE[name]
    return {
        "definition": spec.definition,
        "range": spec.span,
        "reading": spec.reading,
        "source": spec.source,
        "needs": spec.needs,
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
