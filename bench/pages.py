"""Reads made-up pages: `python -m bench.pages POSTS [decode]`, forty statuses of Mastodon each.

With `decode` it only decodes the JSON, which is the least that any reader does.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import httpx
import msgspec

from collectors.http import PoliteClient
from collectors.platforms.mastodon.collector import MastodonCollector

_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_PAGE = 40


def _status(number: int) -> dict[str, object]:
    tag = "https://a.example/tags/airbersih"
    account = {
        "id": str(number % 97),
        "acct": f"warga_{number % 97}@b.example",
        "display_name": "Warga",
        "url": f"https://b.example/@warga_{number % 97}",
        "created_at": "2022-11-18T00:00:00.000Z",
        "bot": False,
        "followers_count": 113,
        "following_count": 175,
        "statuses_count": 1386,
    }
    return {
        "id": str(10**17 + number),
        "uri": f"https://b.example/users/warga/statuses/{number}",
        "url": f"https://b.example/@warga/{number}",
        "created_at": "2026-03-01T11:00:00.000Z",
        "visibility": "public",
        "account": account,
        "content": f"<p>Air mati lagi, hari ke-{number}. Kapan mengalir? "
        f'<a href="{tag}" class="mention hashtag" rel="tag">#<span>AirBersih</span></a></p>',
        "tags": [{"name": "AirBersih", "url": tag}],
        "mentions": [{"id": "7", "acct": "pdam@c.example", "username": "pdam", "url": "x"}],
        "media_attachments": [],
        "emojis": [],
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "replies_count": 1,
        "reblogs_count": 2,
        "favourites_count": 3,
        "language": "id",
        "sensitive": False,
        "spoiler_text": "",
    }


def _bodies() -> list[bytes]:
    return [
        msgspec.json.encode([_status(page * _PAGE + n) for n in range(_PAGE)]) for page in range(50)
    ]


def main() -> None:
    """Read so many posts, and tell how many came out."""
    pages = int(sys.argv[1]) // _PAGE
    bodies = _bodies()
    if "decode" in sys.argv:
        print(sum(len(msgspec.json.decode(bodies[n % 50])) for n in range(pages)))
        return
    asked = [0]

    def answer(request: httpx.Request) -> httpx.Response:
        if "timelines" not in request.url.path:
            return httpx.Response(404)
        asked[0] += 1
        here = f"https://a.example/api/v1/timelines/tag/airbersih?max_id={10**17 - asked[0]}"
        links = {"Link": f'<{here}>; rel="{"next" if asked[0] < pages else "prev"}"'}
        return httpx.Response(200, content=bodies[asked[0] % 50], headers=links)

    client = PoliteClient(
        "https://a.example",
        user_agent="gaung/bench",
        now=lambda: _NOW,
        sleep=lambda _: None,
        transport=httpx.MockTransport(answer),
        min_interval=0.0,
    )
    collector = MastodonCollector("a.example", client)
    print(sum(p.posts.height for p in collector.pages("airbersih", cursor=None, now=_NOW)))
    collector.close()


if __name__ == "__main__":
    main()
