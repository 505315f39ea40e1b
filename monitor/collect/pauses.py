"""What is not asked for because its watch is paused: a gap that says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor import ledger
from monitor.schedule import Pause
from monitor.store import Store

REASON = "paused"


def note_pauses(store: Store, pauses: Iterable[Pause], *, now: datetime) -> None:
    """Let a gap grow to now for each stream that was read before and is wanted by nobody else.

    Wants a transaction. Time that has a gap already keeps its reason: a source that was out of
    reach when the pause began is not said to have been paused before it.
    """
    by_tag: dict[str, list[Pause]] = {}
    for one in pauses:
        by_tag.setdefault(one.hashtag, []).append(one)
    if not by_tag:
        return
    for stream in store.coverage.streams(hashtags=sorted(by_tag)):
        name = stream.source.split("/", 1)[0]
        pause = next((p for p in by_tag[stream.hashtag] if p.source == name), None)
        if pause is None or stream.covered_to is None:
            continue
        others = [gap.stretch for gap in stream.gaps if gap.reason != REASON]
        for stretch in ledger.subtract([(stream.covered_to, now)], others):
            store.coverage.open_gap(
                stream.source,
                stream.hashtag,
                stretch,
                REASON,
                now=now,
                detail=f"the watch {pause.watch} is paused",
            )
