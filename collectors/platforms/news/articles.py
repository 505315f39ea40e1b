"""Articles as records: posts of the kind article, whose author is their outlet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from collectors.page import Hole, Page, page_of
from collectors.platforms.news.feed import Article
from collectors.platforms.news.matching import Matcher
from collectors.records import Author, Post, Rejected

PLATFORM = "news"


def page_of_articles(
    articles: Iterable[tuple[str, Article]],
    matcher: Matcher,
    *,
    received: int,
    language: str | None = None,
    titles: dict[str, str] | None = None,
    rejected: Iterable[Rejected] = (),
    cursor: str | None = None,
    reached_at: datetime | None = None,
    beyond: str | None = None,
    shown_to: datetime | None = None,
    holes: Sequence[Hole] = (),
) -> Page:
    """Make a page of the articles (each with its outlet) that are about what is looked for.

    An article is `matched` under the hashtag, however it spells it.
    """
    posts: dict[str, Post] = {}
    outlets: set[str] = set()
    for outlet, article in articles:
        if not matcher.matches(list(article.words), article.labels):
            continue
        outlets.add(outlet)
        posts[article.key] = Post(
            post_key=f"{PLATFORM}:{article.key}",
            platform=PLATFORM,
            author_key=f"{PLATFORM}:{outlet}",
            kind="article",
            created_at=article.published_at,
            text=f"{article.title}\n{article.summary}".strip(),
            lang=language,
            url=article.url,
            hashtags_raw=(matcher.tag,),
            urls=tuple(dict.fromkeys((article.url, article.key))),
        )
    newest_first = sorted(posts.values(), key=lambda post: post.created_at, reverse=True)
    return page_of(
        posts=newest_first,
        authors=[
            Author(
                author_key=f"{PLATFORM}:{outlet}",
                platform=PLATFORM,
                handle=outlet,
                display_name=(titles or {}).get(outlet),
            )
            for outlet in sorted(outlets)
        ],
        rejected=rejected,
        received=received,
        cursor=cursor,
        reached_at=reached_at,
        beyond=beyond,
        shown_to=shown_to,
        holes=holes,
    )
