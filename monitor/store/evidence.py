"""The evidence of findings, without names."""

from __future__ import annotations

from typing import Any


def without(value: Any, name: str) -> Any:
    """Give a value of JSON without a name in its texts.

    >>> without({"members": ["x:248", "x:7"], "posts": 248}, "248")
    {'members': ['x:…', 'x:7'], 'posts': 248}
    """
    if isinstance(value, str):
        return value.replace(name, "…")
    if isinstance(value, list):
        return [without(one, name) for one in value]
    if isinstance(value, dict):
        return {key: without(one, name) for key, one in value.items()}
    return value
