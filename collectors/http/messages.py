"""What is asked of a server, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `payload` is the decoded JSON; None if a 404 came without any."""

    status: int
    headers: httpx.Headers
    payload: object
    url: str

    @property
    def links(self) -> dict[str, str]:
        """The addresses of the Link header by their relation: next, prev."""
        links = httpx.Response(self.status, headers=self.headers).links
        return {rel: link["url"] for rel, link in links.items() if rel and "url" in link}


@dataclass(frozen=True, slots=True)
class Document:
    """What a server answered where no JSON is expected: a feed, a page, a file."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Call:
    """One question."""

    method: str
    url: httpx.URL
    params: Params | None = None
    payload: object = None  # sent as JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    has_left: bool = False  # another server sent us here: no token goes along


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as it came."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str
