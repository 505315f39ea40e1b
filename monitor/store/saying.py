"""SQL that saves what a source says of posts and accounts, by whose word it is.

What comes from one of higher standing (`monitor.store.standing`) replaces what is known; what
comes from the same fills and renews it; what comes from one of lower standing, or from another
server of the same, only adds what nobody has said.
"""

from __future__ import annotations

# Files, and all ways into one network, speak with one voice; each other server has its own.
_ABOVE, _ABOVE_AUTHOR = (
    f"(excluded.standing > coalesce({table}.standing, -1))" for table in ("posts", "authors")
)
_SAME, _SAME_AUTHOR = (
    f"(excluded.standing = {table}.standing "
    f"and (excluded.standing <> 1 or excluded.said_by = {table}.said_by))"
    for table in ("posts", "authors")
)
_IS_NEWER = "excluded.edited_at > coalesce(posts.edited_at, '-infinity'::timestamptz)"
_LONGER = "coalesce(length(excluded.text), 0) {than} coalesce(length(posts.text), 0)"
_IS_AS_NEW = "excluded.edited_at is not distinct from posts.edited_at"


def _filled(*columns: str, table: str, anew: str, others: bool = True) -> str:
    """Let a column be what was said last. anew: when that replaces what is known.

    others: what others say is taken where nothing is known.
    """
    return ",\n    ".join(
        f"{name} = case when {anew} then coalesce(excluded.{name}, {table}.{name}) "
        + (f"else coalesce({table}.{name}, excluded.{name}) end" if others else
           f"else {table}.{name} end")
        for name in columns
    )  # fmt: skip


def _listed(*columns: str, grows: str) -> str:
    """Let lists grow; what is above tells all of them."""
    return ",\n    ".join(
        f"{name} = case when {_ABOVE} then excluded.{name} when {grows} "
        f"then list_distinct(list_concat(posts.{name}, excluded.{name})) else posts.{name} end"
        for name in columns
    )


INSERT_POSTS = """
insert into posts (
    post_key, platform, author_key, kind, captured_as, text, lang, url, created_at, indexed_at,
    first_seen_at, sort_at, edited_at, hashtags, hashtags_raw, urls, reply_to_key, quote_of_key,
    repost_of_key, text_id, source, said_by, standing
)
select
    post_key, platform, author_key, kind, captured_as, text, lang, url, created_at, indexed_at,
    $now, least(created_at, coalesce(indexed_at, $now)), edited_at, coalesce(hashtags, []),
    coalesce(hashtags_raw, []), coalesce(urls, []), reply_to_key, quote_of_key, repost_of_key,
    md5_number_lower(same_text), $source, $source, standing
from page_posts
"""

# Only its home can say that a post does not carry a hashtag: until then all hashtags that were
# told count, or what one server learned of an edit before another would be missing.
ON_CONFLICT = f"""
on conflict (post_key) do update set
    captured_as = least(posts.captured_as, excluded.captured_as),
    author_key = case when {_ABOVE} then excluded.author_key else posts.author_key end,
    kind = case when {_ABOVE} then excluded.kind else posts.kind end,
    text = case
        when {_ABOVE} then coalesce(excluded.text, posts.text)
        when {_SAME} and ({_IS_NEWER} or {_IS_AS_NEW} and {_LONGER.format(than=">=")})
        then excluded.text else coalesce(posts.text, excluded.text) end,
    text_id = case
        when {_ABOVE} and excluded.text is not null then excluded.text_id
        when {_ABOVE} or {_SAME} or posts.text is null
        then coalesce(excluded.text_id, posts.text_id) else posts.text_id end,
    edited_at = case
        when {_ABOVE} and excluded.text is not null then excluded.edited_at
        when {_ABOVE} or {_SAME} or posts.text is null
        then coalesce(excluded.edited_at, posts.edited_at) else posts.edited_at end,
    created_at = case when {_ABOVE} then excluded.created_at else posts.created_at end,
    sort_at = case when {_ABOVE} then least(excluded.created_at,
        coalesce(posts.indexed_at, excluded.indexed_at, posts.first_seen_at))
        else posts.sort_at end,
    {_filled("lang", "url", table="posts", anew=f"{_ABOVE} or {_SAME}")},
    indexed_at = coalesce(posts.indexed_at, excluded.indexed_at),
    {_listed("hashtags", grows="(excluded.standing = posts.standing)")},
    {_listed("hashtags_raw", "urls", grows=_SAME)},
    {_filled("reply_to_key", "quote_of_key", "repost_of_key", table="posts", anew=_ABOVE)},
    said_by = case when {_ABOVE} then excluded.said_by else posts.said_by end,
    standing = case when {_ABOVE} then excluded.standing else posts.standing end
where posts.removed_at is null and (excluded.captured_as < posts.captured_as or {_ABOVE}
   or {_SAME} and ({_IS_NEWER} or {_IS_AS_NEW} and {_LONGER.format(than=">")}
       or len(list_distinct(list_concat(posts.urls, excluded.urls))) > len(posts.urls))
   or excluded.standing = posts.standing
       and len(list_distinct(list_concat(posts.hashtags, excluded.hashtags)))
           > len(posts.hashtags))
"""

_NUMBERS = ("url", "created_at", "is_bot", "followers", "following", "posts")
_KNOWN, _TOLD, _BOTH = (
    ", ".join(form.format(name) for name in ("handle", "display_name", *_NUMBERS))
    for form in ("authors.{0}", "excluded.{0}", "coalesce(authors.{0}, excluded.{0})")
)
_BY_RIGHT = f"{_ABOVE_AUTHOR} or {_SAME_AUTHOR}"

UPSERT_AUTHORS = f"""
insert into authors by name
select author_key, platform, handle, display_name, url, created_at, is_bot, followers, following,
       posts, $now as seen_at, standing, case when standing is not null then $source end as said_by
from page_authors
on conflict (author_key) do update set
    {_filled("handle", "display_name", table="authors", anew=_BY_RIGHT, others=False)},
    {_filled(*_NUMBERS, table="authors", anew=_BY_RIGHT)},
    seen_at = case when {_BY_RIGHT} then excluded.seen_at else authors.seen_at end,
    said_by = case when {_ABOVE_AUTHOR} then excluded.said_by else authors.said_by end,
    standing = case when {_ABOVE_AUTHOR} then excluded.standing else authors.standing end
where authors.removed_at is null and ({_ABOVE_AUTHOR}
   or {_SAME_AUTHOR} and ({_TOLD}) is distinct from ({_KNOWN})
   or ({_BOTH}) is distinct from ({_KNOWN}))
"""  # noqa: S608
