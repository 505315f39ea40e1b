"""What a status does to other posts and accounts."""

from __future__ import annotations

from collections.abc import Iterator

from collectors import moments
from collectors.platforms.mastodon.accounts import account_key, author_key, platform_of
from collectors.platforms.mastodon.payloads import Status
from collectors.platforms.mastodon.view import View, post_key, quoted_key
from collectors.records import Interaction, InteractionKind


def acts_of(status: Status, view: View) -> Iterator[Interaction]:
    """Give what a status passes on, quotes, answers and mentions. Raises `RecordError`."""

    acting = _author(status, view)

    def act(kind: InteractionKind, author: str | None, post: str | None = None) -> Interaction:
        return Interaction(
            kind=kind,
            platform=platform_of(acting),
            author_key=acting,
            target_author_key=author,
            post_key=post_key(status),
            target_post_key=post,
            acted_at=moments.utc(status.created_at),
        )

    if status.reblog is not None:
        # What the boosted post mentions is not said by the booster.
        yield act("repost", _author(status.reblog, view), post_key(status.reblog))
        return
    if (quoted := quoted_key(status, view)) is not None:
        author = None if status.quoted is None else _author(status.quoted, view)
        yield act("quote", author, quoted)
    if (replied_to := view.post_key(status.in_reply_to_id)) is not None:
        yield act("reply", view.authors.get(status.in_reply_to_account_id or ""), replied_to)
    for mention in status.mentions:
        yield act("mention", author_key(mention.acct, view.host))


def _author(status: Status, view: View) -> str:
    return account_key(status.account, view.host)
