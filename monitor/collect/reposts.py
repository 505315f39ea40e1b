"""Asks who reposted the posts that are due for it: no timeline of a hashtag holds reposts."""

from __future__ import annotations

import threading
from datetime import datetime

from collectors.collector import Collector
from collectors.errors import CollectorError
from monitor.collect.run import RunResult
from monitor.config import CollectSettings
from monitor.store import StoreFile


def expand(
    stores: StoreFile,
    collector: Collector,
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
            limit=settings.expand_limit,
        )
    if not posts:
        return None
    verdict, detail, asked, found = "complete", None, [], 0
    for post in posts:
        if stop.is_set():
            verdict, detail = "partial", "stopped while it was reading"
            break
        try:
            asked.append((post, collector.reposts(post, now=now)))
        except CollectorError as error:
            verdict, detail = ("partial" if asked else "failed"), str(error)
            break
    with stores.open() as store, store.transaction():
        run_id = store.runs.start("expand", source, now=now)
        for post, page in asked:
            saved = store.posts.add(page, source=source, now=now)
            found += saved.interactions
            store.runs.add_page(run_id, saved, page)
            store.expansions.mark(source, post.post_key, reposts=page.interactions.height, now=now)
        store.runs.finish(run_id, verdict, now=now, detail=detail)
    return RunResult(
        task="expand",
        source=source,
        hashtag=None,
        verdict=verdict,
        pages=len(asked),
        received=sum(page.interactions.height for _, page in asked),
        new=found,
        detail=detail,
    )
