"""A campaign's records as Mastodon's entities: what they looked like at a moment.

https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

from monitor.demo.records import Account, Status


def status_entity(status: Status, *, replies: int, reblogs: int) -> dict[str, Any]:
    """Give a post as a server shows it, with its counts at that moment."""
    parent = status.reply_to
    url = f"https://{status.author.server}/@{status.author.username}/{status.id}"
    return {
        "id": str(status.id),
        "created_at": _time(status.created_at),
        "in_reply_to_id": None if parent is None else str(parent.id),
        "in_reply_to_account_id": None if parent is None else str(parent.author.number),
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "id",
        "uri": f"https://{status.author.server}/users/{status.author.username}/statuses/{status.id}",
        "url": url,
        "replies_count": replies,
        "reblogs_count": reblogs,
        "favourites_count": 2 * reblogs,
        "quotes_count": 0,
        "edited_at": None,
        "content": _content(status),
        "reblog": None,
        "account": account_entity(status.author),
        "media_attachments": [],
        "mentions": [_mention(account) for account in status.mentions],
        "tags": [
            {"name": tag.lower(), "url": f"https://{status.author.server}/tags/{tag.lower()}"}
            for tag in status.tags
        ],
        "emojis": [],
        "quote": None,
        "card": None,
        "poll": None,
    }


def account_entity(account: Account) -> dict[str, Any]:
    """Give an account as a server shows it."""
    return _mention(account) | {
        "display_name": f"{account.username.replace('_', ' ').title()} (sintetis)",
        "locked": False,
        "bot": False,
        "group": False,
        "created_at": _time(account.created_at),
        "note": "<p>Akun sintetis untuk demo.</p>",
        "uri": f"https://{account.server}/users/{account.username}",
        "followers_count": account.followers,
        "following_count": account.following,
        "statuses_count": account.statuses,
        "emojis": [],
        "fields": [],
    }


def instance_entity(host: str) -> dict[str, Any]:
    """Give what the server says of itself."""
    return {
        "domain": host,
        "title": "gaung demo (synthetic)",
        "version": "4.5.0",
        "source_url": "https://github.com/mastodon/mastodon",
        "configuration": {
            "timelines_access": {
                "live_feeds": {"local": "public", "remote": "public"},
                "hashtag_feeds": {"local": "public", "remote": "public"},
            }
        },
    }


def _mention(account: Account) -> dict[str, Any]:
    return {
        "id": str(account.number),
        "username": account.username,
        "acct": account.acct,
        "url": f"https://{account.server}/@{account.username}",
    }


def _content(status: Status) -> str:
    parts = [
        f'<span class="h-card"><a href="https://{a.server}/@{a.username}" class="u-url mention">'
        f"@<span>{a.username}</span></a></span>"
        for a in status.mentions
    ]
    parts.append(escape(status.text))
    if status.link is not None:
        parts.append(f'<a href="{status.link}" rel="nofollow noopener">{status.link}</a>')
    parts += [
        f'<a href="https://{status.author.server}/tags/{tag}" class="mention hashtag" rel="tag">'
        f"#<span>{tag}</span></a>"
        for tag in status.tags
    ]
    return f"<p>{' '.join(parts)}</p>"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
