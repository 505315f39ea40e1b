"""The open store, by subject."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from monitor.store.database import Database

if TYPE_CHECKING:
    from monitor.store.acts import Acts
    from monitor.store.backups import Backups
    from monitor.store.coverage import Coverage
    from monitor.store.expansions import Expansions
    from monitor.store.findings import Findings
    from monitor.store.gathered import Gathered
    from monitor.store.hiding import Hiding
    from monitor.store.kept import Kept
    from monitor.store.latest import Latest
    from monitor.store.outbox import Outbox
    from monitor.store.participation import Participation
    from monitor.store.posts import Posts
    from monitor.store.privacy import Privacy
    from monitor.store.queries import Queries
    from monitor.store.runs import Runs
    from monitor.store.shown import Shown
    from monitor.store.spread import Spread
    from monitor.store.streaming import Streaming
    from monitor.store.tags import Tags
    from monitor.store.telling import Telling
    from monitor.store.times import Times
    from monitor.store.unanswered import Unanswered


class Store:
    """The open store, by subject. A stage opens the transaction; the methods never do.

    A subject is loaded when it is asked for: `gaung status` needs no frames, and must be quick.
    """

    def __init__(self, database: Database, *, now: datetime | None = None) -> None:
        """`now`: when it was opened; what claims a later time is not believed."""
        self.database = database
        self.now = now

    def count_posts(self, *, matched: bool = False) -> int:
        """Count all posts that are kept, or only those that were asked for."""
        condition = "captured_as = 'matched'" if matched else "true"
        return int(self.database.value(f"select count(*) from posts where {condition}"))  # noqa: S608

    @cached_property
    def posts(self) -> Posts:
        from monitor.store import posts

        return posts.Posts(self.database)

    @cached_property
    def queries(self) -> Queries:
        from monitor.store import queries

        return queries.Queries(self.database)

    @cached_property
    def shown(self) -> Shown:
        from monitor.store import shown

        return shown.Shown(self.database)

    @cached_property
    def spread(self) -> Spread:
        from monitor.store import spread

        return spread.Spread(self.database)

    @cached_property
    def tags(self) -> Tags:
        from monitor.store import tags

        return tags.Tags(self.database)

    @cached_property
    def acts(self) -> Acts:
        from monitor.store import acts

        return acts.Acts(self.database)

    @cached_property
    def participation(self) -> Participation:
        from monitor.store import participation

        return participation.Participation(self.database)

    @cached_property
    def gathered(self) -> Gathered:
        from monitor.store import gathered

        return gathered.Gathered(self.database)

    @cached_property
    def runs(self) -> Runs:
        from monitor.store import runs

        return runs.Runs(self.database)

    @cached_property
    def latest(self) -> Latest:
        from monitor.store import latest

        return latest.Latest(self.database, now=self.now)

    @cached_property
    def coverage(self) -> Coverage:
        from monitor.store import coverage

        return coverage.Coverage(self.database, now=self.now)

    @cached_property
    def times(self) -> Times:
        from monitor.store import times

        return times.Times(self.database)

    @cached_property
    def expansions(self) -> Expansions:
        from monitor.store import expansions

        return expansions.Expansions(self.database)

    @cached_property
    def unanswered(self) -> Unanswered:
        from monitor.store import unanswered

        return unanswered.Unanswered(self.database)

    @cached_property
    def streaming(self) -> Streaming:
        from monitor.store import streaming

        return streaming.Streaming(self.database)

    @cached_property
    def findings(self) -> Findings:
        from monitor.store import findings

        return findings.Findings(self.database)

    @cached_property
    def telling(self) -> Telling:
        from monitor.store import telling

        return telling.Telling(self.database)

    @cached_property
    def privacy(self) -> Privacy:
        from monitor.store import privacy

        return privacy.Privacy(self.database)

    @cached_property
    def hiding(self) -> Hiding:
        from monitor.store import hiding

        return hiding.Hiding(self.database)

    @cached_property
    def backups(self) -> Backups:
        from monitor.store import backups

        return backups.Backups(self.database)

    @cached_property
    def kept(self) -> Kept:
        from monitor.store import kept

        return kept.Kept(self.database)

    @cached_property
    def outbox(self) -> Outbox:
        from monitor.store import outbox

        return outbox.Outbox(self.database)

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all of what is done inside, or nothing."""
        return self.database.transaction()
