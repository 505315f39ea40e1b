"""Asks what has become of posts: their counts now, and whether they are still there."""

from __future__ import annotations

import threading
from datetime import datetime

from collectors.collector import Hydrator
from collectors.errors import CollectorError
from monitor.collect.run import RunResult
from monitor.collect.verdicts import end_of
from monitor.config import CollectSettings
from monitor.store import StoreFile
from monitor.store.posts import Saved


def check_posts(
    stores: StoreFile,
    collector: Hydrator,
    hashtags: list[str],
    *,
    settings: CollectSettings,
    now: datetime,
    stop: threading.Event,
) -> RunResult | None:
    """Ask about the posts that are due, batch by batch; None if none is."""
    source = collector.source
    with stores.open() as store:
        posts = store.streaming.unchecked(
            source,
            hashtags,
            since=now - settings.check_for,
            now=now,
            found_by=getattr(collector, "posts_of", ()),
            limit=settings.check_limit,
        )
    if not posts:
        return None
    verdict, detail, asked, removed, saved = "complete", None, 0, 0, Saved()
    with stores.open() as store, store.transaction():
        run_id = store.runs.start("check", source, now=now)
    for start in range(0, len(posts), collector.batch):
        if stop.is_set():
            verdict, detail = "partial", "stopped while it was reading"
            break
        batch = posts[start : start + collector.batch]
        try:
            page = collector.hydrate(batch, now=now)
        except CollectorError as error:
            end = end_of(error, started=asked > 0)
            verdict, detail = end.verdict, end.detail
            break
        with stores.open() as store, store.transaction():
            saved = store.posts.add(page, source=source, now=now)
            store.runs.add_page(run_id, saved, page)
            store.runs.set_aside(run_id, source, page.rejected, now=now)
            store.streaming.mark_checked(source, batch, now=now)
        asked += len(batch)
        removed += page.removals.height
    with stores.open() as store, store.transaction():
        store.runs.finish(run_id, verdict, now=now, detail=detail)
    if detail is None and removed:
        detail = f"{removed} are gone"
    return RunResult(
        task="check",
        source=source,
        hashtag=None,
        verdict=verdict,
        pages=-(-asked // collector.batch),
        received=asked,
        detail=detail,
    )
