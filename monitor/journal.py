"""One line of log for each piece of work of the daemon."""

from __future__ import annotations

from collections.abc import Iterable

from monitor import logs
from monitor.alert import Decision
from monitor.collect import RunResult
from monitor.deliver import Delivery
from monitor.letters import Letter
from monitor.store.privacy import Gone


def tell_run(run: RunResult) -> None:
    """Log what a source gave, or why it gave nothing."""
    if run.verdict in ("failed", "refused"):
        logs.get().warning(
            "source not reached; what is missing is noted as a gap and asked for again",
            source=run.source,
            hashtag=run.hashtag,
            verdict=run.verdict,
            reason=run.detail,
        )
        return
    logs.get().info(
        "collected",
        task=run.task,
        source=run.source,
        hashtag=run.hashtag,
        verdict=run.verdict,
        pages=run.pages,
        new=run.new,
        set_aside=run.rejected or None,
        detail=run.detail,
    )


def tell_noticed(decisions: Iterable[Decision], digests: Iterable[Letter]) -> None:
    """Log the alerts and the digests that were written."""
    for decision in decisions:
        if decision.told:
            logs.get().info(
                "alert",
                watch=decision.finding.watch,
                kind=str(decision.finding.kind),
                reason=str(decision.reason),
            )
    for letter in digests:
        logs.get().info("digest written", key=letter.key)


def tell_gone(gone: Gone | None) -> None:
    """Log what was kept long enough and is gone now; None: it was not the hour."""
    if gone is not None and not gone.is_nothing:
        logs.get().info("kept long enough", posts=gone.posts, set_aside=gone.raw)


def tell_delivery(delivery: Delivery | None) -> None:
    """Log what became of the letters that were due; None: there were none."""
    if delivery is not None:
        logs.get().info(
            "delivered", sent=delivery.sent, deferred=delivery.deferred, dead=delivery.dead
        )
