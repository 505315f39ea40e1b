"""JSON Schemas (draft 2020-12) of all that gaung tells as JSON: `docs/schemas`, `gaung schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from monitor.schemas.making import document, schema_of

Schema = dict[str, Any]


def names() -> list[str]:
    """Give the names that there are, in order."""
    return sorted(_MAKERS)


def schema(name: str) -> Schema:
    """Make a schema by its name. Raises `KeyError`."""
    return _MAKERS[name](name)


def as_text(name: str) -> str:
    """Give a schema as it stands in `docs/schemas`."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def _of(place: str, title: str) -> Callable[[str], Schema]:
    def make(name: str) -> Schema:
        return document(name, title, *schema_of(_found(place)))

    return make


def _found(place: str) -> Any:
    from importlib import import_module

    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _report(name: str) -> Schema:
    told = _of("monitor.report.report:Report", "gaung report --format json")(name)
    return _named(told, _found("monitor.report.report:SCHEMA"))


def _top(name: str) -> Schema:
    told = _of("monitor.live:Live", "gaung top --json")(name)
    return _named(told, _found("monitor.live:SCHEMA"))


def _report_rows(name: str) -> Schema:
    """Give the schema of one line: its other fields are those of its section in the report."""
    from monitor.report.sections import SECTIONS

    told: Schema = {
        "type": "object",
        "description": "A row of a section; its cells have the names of `report`'s fields.",
        "properties": {
            "section": {"enum": list(SECTIONS)},
            "row": {"type": "integer", "minimum": 1, "description": "within its section"},
        },
        "required": ["section", "row"],
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
    return document(name, "gaung report --format ndjson, one line", told, {})


def _genesis(name: str) -> Schema:
    told = _of("monitor.genesis.records:Genesis", "gaung genesis --format json")(name)
    return _named(told, "gaung.genesis/2")


def _indicators(name: str) -> Schema:
    text = {"type": "string"}
    number = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    words = {"anyOf": [text, {"type": "null"}]}
    time = {"type": "string", "format": "date-time"}
    row, parts = schema_of(_found("analysis.indicators.indicator:Indicator"))
    _, more = schema_of(_found("analysis.indicators.dials:Component"))
    parts |= more
    indicator = parts["Indicator"]
    for field, what in _SPECIFIED.items():
        indicator["properties"][field] = {**text, "description": what}
        indicator["required"].append(field)
    dial = _object(
        {"value": number, "note": words,
         "components": {"type": "array", "items": {"$ref": "#/$defs/Component"}}}
    )  # fmt: skip
    maybe = {"anyOf": [dial, {"type": "null"}]}
    told = _object(
        {
            "schema": text,
            "target": text,
            "since": time,
            "until": time,
            "timezone": text,
            "posts": {"type": "integer"},
            "acts": {"type": "integer", "description": "with the reposts that are no posts"},
            "authors": {"type": "integer"},
            "coverage": number,
            "reading": {**text, "description": "which of the four cases it is, or why none"},
            "dials": _object(
                {"mobilisation": maybe, "orchestration": maybe, "high_from": {"type": "number"},
                 "note": {**words, "description": "why there are none"}}
            ),
            "indicators": {"type": "array", "items": row},
            "notes": {"type": "array", "items": text},
        }
    )  # fmt: skip
    whole = document(name, "gaung indicators --format json", told, parts)
    return _named(whole, _found("monitor.indication.indicate:SCHEMA"))


_SPECIFIED = {
    "definition": "how it is computed",
    "range": "between which values it lies, and the unit",
    "reading": "how to read it",
    "source": "who defined it",
    "needs": "what it needs to say anything",
}


def _coordination(name: str) -> Schema:
    parts: Schema = {}
    views = {}
    for view, place in (
        ("groups", "monitor.coordination.found:Group"),
        ("accounts_listed", "monitor.schemas.shapes:AccountRow"),
        ("edges", "monitor.schemas.shapes:TieRow"),
        ("evidence", "monitor.schemas.shapes:MeetingRow"),
    ):
        made, more = schema_of(_found(place))
        parts |= more
        views[view] = {"type": "array", "items": made}
    text, whole = {"type": "string"}, {"type": "integer"}
    told = _object(
        {
            "schema": text,
            "target": text,
            "within_seconds": whole,
            "by": {
                "type": "array",
                "items": text,
                "description": "kinds of things that there were",
            },
            "fdr": {"type": "number", "description": "share of false pairs that is borne"},
            "posts": whole,
            "accounts": {
                "anyOf": [whole, views.pop("accounts_listed")],
                "description": "how many there are; with --accounts, all of them",
            },
            "pairs_tested": whole,
            "insufficient": {
                "anyOf": [text, {"type": "null"}],
                "description": "why nothing can be said; null: something can",
            },
            "notes": {"type": "array", "items": text},
        }
    )
    told["properties"] |= views  # one of them, by the view that was asked for
    whole_told = document(name, "gaung coordination --format json", told, parts)
    return _named(whole_told, "gaung.coordination/1")


def _compat(name: str) -> Schema:
    told = _object(
        {"schema": {"enum": ["gaung.cnt/1", "gaung.coortweet/1"]},
         "rows": {"type": "array", "items": {"type": "object"},
                  "description": "edges, by the columns that the other tool has"}}
    )  # fmt: skip
    return document(name, "gaung coordination --as cnt|coortweet --format json", told, {})


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _named(told: Schema, value: str) -> Schema:
    told["properties"] = {"schema": {"const": value}} | {
        k: v for k, v in told["properties"].items() if k != "schema"
    }
    told["required"] = ["schema", *(k for k in told["required"] if k != "schema")]
    return told


_SHAPES = "monitor.schemas.shapes"
_STATE = "monitor.schemas.state"
_MAKERS: dict[str, Callable[[str], Schema]] = {
    "alerts": _of(f"{_STATE}:Alerts", "gaung alerts --json"),
    "audit": _of(f"{_STATE}:Audit", "gaung audit --json"),
    "backtest": _of(f"{_SHAPES}:Replayed", "gaung backtest TARGET --format json"),
    "backtest-series": _of(f"{_SHAPES}:SeriesTold", "gaung backtest --series --format json"),
    "coordination": _coordination,
    "coordination-as": _compat,
    "findings": _of(f"{_STATE}:Findings", "gaung findings --json"),
    "genesis": _genesis,
    "graph": _of(f"{_SHAPES}:Graph", "gaung graph -o FILE.json"),
    "import-preview": _of(f"{_SHAPES}:ImportPreview", "gaung import FILE --dry-run --json"),
    "indicators": _indicators,
    "lake": _of(f"{_SHAPES}:Lake", "gaung export DIR: its manifest"),
    "outbox": _of(f"{_STATE}:Letters", "gaung outbox list --json"),
    "report": _report,
    "report-row": _report_rows,
    "sources": _of(f"{_STATE}:Sources", "gaung sources --json"),
    "sql": _of(f"{_SHAPES}:Answer", "gaung sql --format json"),
    "status": _of(f"{_STATE}:Status", "gaung status --format json"),
    "top": _top,
    "views": _of(f"{_SHAPES}:Views", "gaung sql --views --format json"),
    "watches": _of(f"{_STATE}:Watches", "gaung watch list --json"),
}
