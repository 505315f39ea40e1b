"""Who acted on whom, out of one post."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.records import Interaction, InteractionKind, Post, PostKind


def kind_of(*, repost: bool, quote: bool, reply: bool) -> PostKind:
    """Give the one kind of a post that may be several things: a quote in a reply is a quote."""
    if repost:
        return "repost"
    if quote:
        return "quote"
    return "reply" if reply else "original"


def edges_of(
    post: Post,
    *,
    repost_of: str | None = None,
    quote_of: str | None = None,
    reply_to: str | None = None,
    mentions: Iterable[str] = (),
) -> list[Interaction]:
    """Give the interactions of a post with the authors of these keys.

    The names in a repost are its original's mentions, and the answered author is always named.
    """
    if post.kind == "repost":
        if repost_of is None and post.repost_of_key is None:
            return []
        return [_edge(post, "repost", repost_of, post.repost_of_key)]
    edges = []
    if quote_of is not None or post.quote_of_key is not None:
        edges.append(_edge(post, "quote", quote_of, post.quote_of_key))
    if reply_to is not None or post.reply_to_key is not None:
        edges.append(_edge(post, "reply", reply_to, post.reply_to_key))
    for mentioned in dict.fromkeys(mentions):
        if mentioned != reply_to:
            edges.append(_edge(post, "mention", mentioned, None))
    return edges


def _edge(
    post: Post, kind: InteractionKind, target_author_key: str | None, target_post_key: str | None
) -> Interaction:
    return Interaction(
        kind=kind,
        platform=post.platform,
        author_key=post.author_key,
        target_author_key=target_author_key,
        post_key=post.post_key,
        target_post_key=target_post_key,
        acted_at=post.created_at,
    )
