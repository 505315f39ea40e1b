"""Asks what has become of posts: their counts now, and whether they are still there."""

from __future__ import annotations

import threading
from datetime import datetime

from collectors.collector import Hydrator, PostRef
from monitor.collect.inquiry import Inquiry
from monitor.collect.run import RunResult
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
    asked = pages = removed = noted = 0
    with stores.open() as store, store.transaction():
        run_id = store.runs.start("check", source, now=now)
        known = store.unanswered.known("check", source)
    size = collector.batch
    batches = [posts[start : start + size] for start in range(0, len(posts), size)]
    inquiry = Inquiry(collector, lambda batch: collector.hydrate(batch, now=now), stop, known)
    for batch, page in inquiry.answers(batches):
        with stores.open() as store, store.transaction():
            saved = store.posts.add(page, source=source, now=now)
            store.runs.add_page(run_id, saved, page)
            store.runs.set_aside(run_id, source, page.rejected, now=now)
            store.streaming.mark_checked(source, batch, now=now)
            store.unanswered.forget("check", source, [post.post_key for post in batch])
        asked += len(batch)
        pages += 1
        removed += saved.removed
        noted += saved.noted
    end = inquiry.end
    with stores.open() as store, store.transaction():
        inquiry.note(store, "check", now=now)
        store.runs.finish(run_id, end.verdict, now=now, detail=end.detail)
    return RunResult(
        task="check",
        source=source,
        hashtag=None,
        verdict=end.verdict,
        pages=pages,
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
