"""https://server.example, out of the payloads."""

from __future__ import annotations

import httpx

from tests.collectors.examples import Example
from tests.collectors.servers import PAYLOADS


def answer(request: httpx.Request) -> httpx.Response:
    """Answer as a Mastodon server does."""
    name, link = "", {}
    match request.url.path, request.url.params.get("max_id"):
        case "/api/v1/timelines/tag/banjirkota", None:
            name, link = "tag_page_1", {"Link": f'<{request.url}&max_id=49>; rel="next"'}
        case "/api/v1/timelines/tag/banjirkota", "49":
            name, link = "tag_page_2", {"Link": f'<{request.url.host}?max_id=29>; rel="next"'}
        case "/api/v1/timelines/tag/banjirkota", _:
            return httpx.Response(200, json=[])
        case "/api/v2/instance", _:
            name = "instance_v2"
        case path, _ if path.endswith("/reblogged_by"):
            name = "boosters"
        case path, _ if path.endswith("/context"):
            name = "context"
    if not name:
        return httpx.Response(404, json={"error": "Not Found"})
    return httpx.Response(200, content=(PAYLOADS / f"{name}.json").read_bytes(), headers=link)


EXAMPLE = Example(settings={"servers": ["server.example"]}, answering=answer, matched=6, received=6)
