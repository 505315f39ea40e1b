"""Asks who reposted the posts that are due for it: no timeline of a hashtag holds reposts."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime

import polars as pl

from collectors.collector import Expander
from collectors.page import Page
from monitor.collect.inquiry import Inquiry
from monitor.collect.run import RunResult
from monitor.config import CollectSettings
from monitor.store import StoreFile
from monitor.store.posts import Saved


def expand(
    stores: StoreFile,
    collector: Expander,
    hashtags: list[str],
    *,
    settings: CollectSettings,
    now: datetime,
    stop: threading.Event,
) -> RunResult | None:
    """Ask for the reposts of posts that are due for it: no timeline of a hashtag has them."""
    source = collector.source
    with stores.open() as store:
        posts = store.expansions.due(
            source,
            hashtags,
            since=now - settings.expand_for,
            now=now,
            found_by=getattr(collector, "posts_of", ()),
            limit=settings.expand_limit,
        )
        known = store.unanswered.known("expand", source)
    if not posts:
        return None
    inquiry = Inquiry(collector, lambda one: collector.expand(one[0], now=now), stop, known)
    asked = [(posts[0], page) for posts, page in inquiry.answers([[post] for post in posts])]
    with stores.open() as store, store.transaction():
        run_id = store.runs.start("expand", source, now=now)
        # Saved as one: most of these pages hold next to nothing, and each saving has its price.
        found = store.posts.add(_joined(page for _, page in asked if page), source=source, now=now)
        for post, page in asked:
            if page is None:
                store.expansions.mark(source, post.post_key, reposts=None, now=now)
                continue
            store.runs.add_page(run_id, Saved(), page)
            store.runs.set_aside(run_id, source, page.rejected, now=now)
            named = page.interactions.filter(kind="repost").height
            store.expansions.mark(source, post.post_key, reposts=named, now=now)
        store.unanswered.forget("expand", source, [post.post_key for post, _ in asked])
        inquiry.note(store, "expand", now=now)
        end = inquiry.end
        store.runs.finish(run_id, end.verdict, now=now, detail=end.detail)
    return RunResult(
        task="expand",
        source=source,
        hashtag=None,
        verdict=end.verdict,
        pages=len(asked),
        received=sum(page.interactions.height for _, page in asked if page),
        new=found.interactions,
        detail=end.detail,
    )


def _joined(pages: Iterable[Page]) -> Page:
    """Give what several pages hold as one."""
    several = [Page(), *pages]
    return Page(
        posts=pl.concat(page.posts for page in several),
        authors=pl.concat(page.authors for page in several),
        interactions=pl.concat(page.interactions for page in several),
        engagement=pl.concat(page.engagement for page in several),
        removals=pl.concat(page.removals for page in several),
    )
