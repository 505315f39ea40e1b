"""Asks what has become of posts: their counts now, and whether they are still there."""

from __future__ import annotations

import threading
from datetime import datetime

from collectors.collector import Hydrator, PostRef
from collectors.errors import CollectorError
from monitor.collect.run import End, RunResult
from monitor.collect.verdicts import end_of
from monitor.config import CollectSettings
from monitor.store import StoreFile


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
    posts = _due(stores, collector, hashtags, settings, now)
    if not posts:
        return None
    source = collector.source
    end, asked, removed, noted = End("complete"), 0, 0, 0
    with stores.open() as store, store.transaction():
        run_id = store.runs.start("check", source, now=now)
    for start in range(0, len(posts), collector.batch):
        if stop.is_set():
            end = End("partial", detail="stopped while it was reading")
            break
        batch = posts[start : start + collector.batch]
        try:
            page = collector.hydrate(batch, now=now)
        except CollectorError as error:
            end = end_of(error, started=asked > 0)
            break
        with stores.open() as store, store.transaction():
            saved = store.posts.add(page, source=source, now=now)
            store.runs.add_page(run_id, saved, page)
            store.runs.set_aside(run_id, source, page.rejected, now=now)
            store.streaming.mark_checked(source, batch, now=now)
        asked += len(batch)
        removed += saved.removed
        noted += saved.noted
    with stores.open() as store, store.transaction():
        store.runs.finish(run_id, end.verdict, now=now, detail=end.detail)
    return RunResult(
        task="check",
        source=source,
        hashtag=None,
        verdict=end.verdict,
        pages=-(-asked // collector.batch),
        received=asked,
        detail=end.detail or _told(removed, noted),
    )


def _told(removed: int, noted: int) -> str | None:
    """Say what became of posts; None: they are all there."""
    said = [f"{removed} are gone"] if removed else []
    if noted:
        said.append(
            f"{noted} are not shown here any more, and are still shown at home or elsewhere"
        )
    return "; ".join(said) or None


def _due(
    stores: StoreFile,
    collector: Hydrator,
    hashtags: list[str],
    settings: CollectSettings,
    now: datetime,
) -> list[PostRef]:
    with stores.open() as store:
        return store.streaming.unchecked(
            collector.source,
            hashtags,
            since=now - settings.check_for,
            now=now,
            found_by=getattr(collector, "posts_of", ()),
            limit=settings.check_limit,
        )
