"""Bluesky's objects as Python's SDK and 4CAT write them: `created_at` for `createdAt`.

`model_dump()` of https://github.com/MarshalX/atproto, which
https://github.com/digitalmethodsinitiative/4cat (datasources/bsky) stores line by line.
"""

from __future__ import annotations

from typing import Any

_TYPE = "py_type"  # for $type, which Python cannot name an attribute
_LIST_MARKS = ("created_at", "indexed_at", _TYPE)


def as_told(item: dict[str, Any]) -> dict[str, Any]:
    """Return an object in the spelling of Bluesky's API; one that is in it already, as it is.

    >>> as_told({"indexed_at": "2025-02-26", "record": {"py_type": "app.bsky.feed.post"}})
    {'indexedAt': '2025-02-26', 'record': {'$type': 'app.bsky.feed.post'}}
    """
    return _respelled(item) if _is_python(item) else item


def _is_python(item: dict[str, Any]) -> bool:
    post = item.get("post", item)
    parts = (item, post, post.get("record") if isinstance(post, dict) else None)
    return any(isinstance(part, dict) and any(m in part for m in _LIST_MARKS) for part in parts)


def _respelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {_spelled(str(key)): _respelled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_respelled(inner) for inner in value]
    return value


def _spelled(key: str) -> str:
    if key == _TYPE:
        return "$type"
    first, *others = key.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)
