"""Takes out of the store what has been there for longer than it may be."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.config import Config
from monitor.store import Store
from monitor.store.privacy import Gone

_EVERY = timedelta(hours=24)


def tidy(store: Store, config: Config, *, now: datetime) -> Gone | None:
    """Do it once a day; None: not yet again, or nothing is set to go. Wants no transaction."""
    settings = config.privacy
    if not settings.keep_posts and not settings.keep_raw:
        return None
    last = store.privacy.tidied_at()
    if last is not None and timedelta(0) <= now - last < _EVERY:
        return None
    return purge(
        store,
        keep_posts=settings.keep_posts,
        keep_raw=settings.keep_raw,
        who="gaung",
        now=now,
    )


def purge(
    store: Store,
    *,
    keep_posts: timedelta,
    keep_raw: timedelta,
    who: str,
    now: datetime,
    trial: bool = False,
) -> Gone:
    """Take out what was collected before; a stretch of 0 keeps all. `trial`: only count."""
    with store.database.trial() if trial else store.transaction():
        gone = store.privacy.purge(
            posts_before=now - keep_posts if keep_posts else None,
            raw_before=now - keep_raw if keep_raw else None,
        )
        store.privacy.tidied(now=now)
        if not gone.is_nothing:
            store.privacy.want_rewriting(now=now)
            detail = f"{gone.posts} posts, {gone.raw} records that were set aside"
            store.privacy.note(
                "purge", "what was kept long enough", who=who, now=now, detail=detail
            )
    return gone
