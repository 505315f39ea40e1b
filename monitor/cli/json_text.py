"""What commands tell as JSON: an object that says by which schema to read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def json_text(schema: str, told: Mapping[str, Any]) -> str:
    """Give an answer as JSON, its `schema` first; times are UTC, null is unknown.

    >>> print(json_text("gaung.audit/1", {"entries": []}), end="")
    {
      "schema": "gaung.audit/1",
      "entries": []
    }
    """
    return json.dumps({"schema": schema, **plain(told)}, indent=2, ensure_ascii=False) + "\n"


def plain(value: Any) -> Any:
    """Give what JSON can hold: times as ISO 8601 in UTC, NaN as null.

    >>> plain({"at": datetime(2026, 3, 1, 12, tzinfo=UTC), "score": float("nan")})
    {'at': '2026-03-01T12:00:00Z', 'score': None}
    """
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, float | int | str | bool) or value is None:
        return value
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value)
