"""Views of what was written and done: posts, who passed on what, hashtags, links, counts."""

from __future__ import annotations

from monitor.store.view import View

_AT = "the earliest of its author's, the platform's and our clock"

OF_POSTS = (
    View(
        "posts",
        "Each post once, without news articles.",
        {
            "post": "its key, platform:id",
            "platform": "mastodon, bluesky, x, …",
            "account": "key of who wrote it",
            "handle": "the name of that account; null: unknown",
            "kind": "original, reply, quote, repost",
            "sort_at": _AT,
            "created_at": "by its author's clock",
            "seen_at": "when it was first collected",
            "text": "as written; null: not given, or a repost",
            "language": "as the source says; null: it does not",
            "url": "where it stands",
            "hashtags": "normalized: lower case, without #",
            "links": "as written",
            "reply_to": "the post that it answers",
            "quote_of": "the post that it quotes",
            "repost_of": "the post that it passes on",
            "source": "who gave it first",
        },
        """
        select shown_post(p.post_key) as post, p.platform, {account} as account,
               shown_handle(p.author_key, {of_a}) as handle, p.kind,
               p.sort_at, p.created_at, p.first_seen_at as seen_at,
               shown_text(p.text) as text, p.lang as language, shown_text(p.url) as url,
               p.hashtags, shown_links(p.urls) as links,
               shown_post(p.reply_to_key) as reply_to, shown_post(p.quote_of_key) as quote_of,
               shown_post(p.repost_of_key) as repost_of,
               shown_source(p.source) as source
        from {posts} where {matched} and p.kind <> 'article'
        """,
    ),
    View(
        "articles",
        "What news sites wrote: pick-up, not part of the volume.",
        {
            "article": "its key",
            "outlet": "the site",
            "sort_at": _AT,
            "title": "headline and summary",
            "url": "where it stands",
            "hashtags": "of the watch that it was found for",
        },
        """
        select p.post_key as article, p.author_key as outlet, p.sort_at, p.text as title,
               p.url, p.hashtags
        from {posts} where {matched} and p.kind = 'article'
        """,
    ),
    View(
        "reposts",
        "Who passed what on: reposts that are posts, and boosts that are not.",
        {
            "account": "who passed it on",
            "target": "whose post it was; null: unknown",
            "target_post": "the post that was passed on",
            "post": "the passing post; null: a boost",
            "acted_at": "when; an upper bound for boosts; null: unknown",
            "precision": "exact, bounded, unknown",
            "platform": "where",
        },
        """
        select shown_account(i.author_key, {of_a}) as account,
               shown_account(coalesce(i.target_author_key, t.author_key), {of_b})
                   as target,
               shown_post(i.target_post_key) as target_post, shown_post(i.post_key) as post,
               i.acted_at, i.precision, i.platform
        from {store}.interactions i
        left join {store}.posts t on t.post_key = i.target_post_key
        left join {store}.authors a on a.author_key = i.author_key
        left join {store}.authors b
          on b.author_key = coalesce(i.target_author_key, t.author_key)
        where i.kind = 'repost' and i.removed_at is null
        """,
    ),
    View(
        "interactions",
        "Who reposted, quoted, answered or named whom.",
        {
            "kind": "repost, quote, reply, mention, forward",
            "account": "who acts: the amplifier",
            "target": "whom it amplifies; null: unknown",
            "post": "the acting post; null: a repost that is no post",
            "target_post": "the post that was acted on",
            "acted_at": "when, exactly or as an upper bound; null: unknown",
            "not_before": "the lower bound",
            "precision": "exact, bounded, unknown",
            "platform": "where",
            "source": "who gave it",
        },
        """
        select i.kind, shown_account(i.author_key, {of_a}) as account,
               shown_account(i.target_author_key, {of_b}) as target,
               shown_post(i.post_key) as post, shown_post(i.target_post_key) as target_post,
               i.acted_at, i.not_before, i.precision, i.platform,
               shown_source(i.source) as source
        from {store}.interactions i
        left join {store}.authors a on a.author_key = i.author_key
        left join {store}.authors b on b.author_key = i.target_author_key
        where i.removed_at is null
        """,
    ),
    View(
        "accounts",
        "Who posts; counts are what the platform showed last.",
        {
            "account": "its key, platform:id or platform:@handle",
            "handle": "its name; null: unknown",
            "display_name": "as it calls itself",
            "platform": "where",
            "created_at": "when it was made; null: not told",
            "is_bot": "the account says so of itself; no judgement of ours",
            "followers": "null: not told",
            "following": "null: not told",
            "posts_told": "how many posts the platform says it has",
            "seen_at": "when that was",
        },
        """
        select shown_account(a.author_key, {of_a}) as account,
               shown_handle(a.author_key, {of_a}) as handle,
               shown_text(a.display_name) as display_name, a.platform,
               shown_born(a.created_at) as created_at, a.is_bot,
               shown_count(a.followers) as followers, shown_count(a.following) as following,
               shown_count(a.posts) as posts_told, a.seen_at
        from {store}.authors a where a.removed_at is null
        """,
    ),
    View(
        "hashtags",
        "One row per post and hashtag on it.",
        {
            "hashtag": "normalized: lower case, without #",
            "post": "its key",
            "account": "who wrote it",
            "platform": "where",
            "sort_at": _AT,
        },
        """
        select unnest(p.hashtags) as hashtag, shown_post(p.post_key) as post,
               {account} as account, p.platform, p.sort_at
        from {posts} where {matched} and p.kind <> 'article'
        """,
    ),
    View(
        "links",
        "One row per post and link in it.",
        {
            "link": "as written",
            "post": "its key",
            "account": "who wrote it",
            "platform": "where",
            "sort_at": _AT,
        },
        """
        select unnest(shown_links(p.urls)) as link, shown_post(p.post_key) as post,
               {account} as account, p.platform, p.sort_at
        from {posts} where {matched} and p.kind <> 'article'
        """,
    ),
    View(
        "hourly",
        "Posts per hour (UTC), hashtag and platform; a missing hour may be a gap, not a zero.",
        {
            "hour": "its beginning",
            "hashtag": "normalized",
            "platform": "where",
            "posts": "posts with the hashtag",
            "accounts": "distinct accounts",
            "reposts": "posts that pass another on",
        },
        """
        select date_trunc('hour', sort_at) as hour, hashtag, platform, count(*) as posts,
               count(distinct account) as accounts, count(*) filter (kind = 'repost') as reposts
        from (select unnest(p.hashtags) as hashtag, p.sort_at, p.platform, p.kind,
                     p.author_key as account
              from {store}.posts p
              where p.captured_as = 'matched' and p.removed_at is null and p.kind <> 'article')
        group by all
        """,
    ),
)
