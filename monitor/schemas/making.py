"""Makes JSON Schemas of types: a comment behind a field becomes its description."""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
from datetime import datetime
from typing import Any, get_type_hints

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFS = "#/$defs/{name}"


def schema_of(kind: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the schema of a type, and those that it refers to."""
    (made,), parts = msgspec.json.schema_components([kind], ref_template=_REFS)
    for name, one in _types_in(kind).items():
        if name in parts:
            _describe(parts[name], one)
    return made, parts


def document(name: str, title: str, made: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Give a whole schema. name: as in `gaung schema NAME`."""
    told = {"$schema": DIALECT, "$id": f"urn:gaung:schema:{name}", "title": title, **made}
    if "$ref" in made:
        # What it is stands on top, where a reader looks for it.
        of = parts.pop(made["$ref"].rpartition("/")[2])
        told = {"$schema": DIALECT, "$id": told["$id"], **of, "title": title}
    return told | ({"$defs": dict(sorted(parts.items()))} if parts else {})


def _types_in(kind: Any) -> dict[str, type]:
    """Give the classes that a type is made of, by name."""
    found: dict[str, type] = {}

    def look(one: Any) -> None:
        for argument in getattr(one, "__args__", ()):
            look(argument)
        if not isinstance(one, type) or one.__name__ in found:
            return
        if not (hasattr(one, "__struct_fields__") or hasattr(one, "__dataclass_fields__")):
            return
        found[one.__name__] = one
        for hint in get_type_hints(one).values():
            look(hint)

    look(kind)
    return found


def _describe(schema: dict[str, Any], one: type) -> None:
    """Put what comments say of fields into a schema; no defaults, which concern only who writes."""
    encoded = dict(zip(getattr(one, "__struct_fields__", ()),
                       getattr(one, "__struct_encode_fields__", ()), strict=True))  # fmt: skip
    schema["required"] = list(schema.get("properties", {}))
    for name, comment in comments_of(one).items():
        told = schema["properties"].get(encoded.get(name, name))
        if told is not None:
            told["description"] = comment
    for told in schema["properties"].values():
        told.pop("default", None)
    for name, hint in get_type_hints(one).items():
        told = schema["properties"].get(encoded.get(name, name), {})
        if datetime in (hint, *getattr(hint, "__args__", ())):
            for choice in told.get("anyOf", [told]):
                if choice.get("type") == "string":
                    choice["format"] = "date-time"


def comments_of(one: type) -> dict[str, str]:
    """Give the comment that stands behind each field of a class.

    >>> comments_of(msgspec.json.Encoder)
    {}
    """
    try:
        source = textwrap.dedent(inspect.getsource(one))
    except (OSError, TypeError):
        return {}
    behind = {
        token.start[0]: token.string.removeprefix("#").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    (body,) = ast.parse(source).body
    fields = [node for node in getattr(body, "body", []) if isinstance(node, ast.AnnAssign)]
    return {
        node.target.id: behind[node.end_lineno]
        for node in fields
        if isinstance(node.target, ast.Name) and node.end_lineno in behind
    }
