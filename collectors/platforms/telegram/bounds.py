"""How much of a page is read: beyond it, a parser takes minutes and gigabytes for it."""

from __future__ import annotations

import re

from collectors.errors import PayloadError

# A page has 20 messages of up to 4,096 characters, some 8,000 elements, and 20 of them in another.
_LARGEST = 3_000_000  # bytes
MOST_MESSAGES = 200
_MOST_ELEMENTS = 50_000
_DEEPEST = 100
_TAG = re.compile(rb"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*+)(?P<rest>[^<>]*+)")
_VOID = frozenset({b"br", b"hr", b"img", b"input", b"link", b"meta", b"source", b"wbr"})


def refuse_unbounded(body: bytes, address: str) -> None:
    """Raise `PayloadError` for a page that is none of a channel's.

    Whoever builds the tree of a page looks through all open elements at each new one.
    """
    if len(body) > _LARGEST:
        raise PayloadError(f"{address}: has {len(body):,} bytes, too many for a channel's page")
    elements = depth = 0
    for tag in _TAG.finditer(body):
        if tag["end"]:
            depth -= depth > 0
            continue
        elements += 1
        if tag["name"].lower() not in _VOID and not tag["rest"].endswith(b"/"):
            depth += 1
        if elements > _MOST_ELEMENTS or depth > _DEEPEST:
            raise PayloadError(f"{address}: more or deeper elements than a channel has")
