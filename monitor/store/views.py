"""The views that `gaung sql` answers from: what is in the store, by names that people know.

What was erased is not in the store; what its author or platform has taken away is in no view, nor
are letters, their recipients, the audit log and the store's secrets. The `shown_…` macros give
names as they are, or as publications have them (`monitor.store.asking`).
"""

from __future__ import annotations

from monitor.store.view import View
from monitor.store.views_of_posts import OF_POSTS

VIEWS: tuple[View, ...] = (
    *OF_POSTS,
    View(
        "engagement",
        "What a platform showed of a post, each time that it had changed.",
        {
            "post": "its key",
            "observer": "the source that showed it",
            "taken_at": "when",
            "reposts": "null: not told",
            "quotes": "null: not told",
            "replies": "null: not told",
            "likes": "null: not told",
            "views": "null: not told",
        },
        """
        select shown_post(e.post_key) as post, shown_source(e.observer) as observer, e.taken_at,
               e.reposts, e.quotes, e.replies, e.likes, e.views
        from {store}.engagement e
        join {store}.posts p on p.post_key = e.post_key and p.removed_at is null
        """,
    ),
    View(
        "gaps",
        "What is missing, and why; a gap is unknown, not zero.",
        {
            "source": "who was not asked, or did not answer",
            "hashtag": "of what",
            "from_at": "from when",
            "to_at": "to when",
            "reason": "outage, refused, rate limit, truncated, silent, failed",
            "detail": "in words",
            "detected_at": "when it was noticed",
            "closed_at": "when it was filled; null: it is open",
        },
        """
        select shown_source(source) as source, hashtag, from_at, to_at, reason,
               shown_detail(source, detail) as detail, detected_at, closed_at
        from {store}.gaps
        """,
    ),
    View(
        "coverage",
        "The stretches that collection accounts for.",
        {
            "source": "who was asked",
            "hashtag": "for what",
            "from_at": "from when",
            "to_at": "to when",
        },
        "select shown_source(source) as source, hashtag, from_at, to_at from {store}.coverage",
    ),
    View(
        "findings",
        "What was found: bursts, coordination, …",
        {
            "finding": "its key",
            "watch": "of which watch",
            "kind": "burst, coordination, …",
            "subject": "of what",
            "from_at": "since when",
            "to_at": "until when; null: it goes on",
            "score": "surprise, -log10 of the chance",
            "evidence": "JSON; it names accounts",
            "found_at": "when it was found",
            "updated_at": "when it was last looked at",
        },
        """
        select finding_key as finding, watch, kind, shown_text(subject) as subject, from_at, to_at,
               score, shown_text(evidence) as evidence, found_at, updated_at
        from {store}.findings
        """,
    ),
    View(
        "alerts",
        "Each decision about a finding; who got the letter is not shown.",
        {
            "finding": "its key",
            "decided_at": "when",
            "told": "whether it was told",
            "reason": "why, or why not",
            "score": "as it was then",
            "recipients": "how many",
        },
        """
        select finding_key as finding, decided_at, told, reason, score,
               len(recipients) as recipients
        from {store}.alerts
        """,
    ),
    View(
        "runs",
        "Each collection run and import.",
        {
            "run": "its number",
            "task": "poll, backfill, expand, import",
            "source": "who was asked",
            "hashtag": "for what; null: an import",
            "started_at": "when it began",
            "finished_at": "null: it runs, or was killed",
            "verdict": "complete, truncated, partial, refused, empty, failed",
            "detail": "why, in words",
            "received": "records that came",
            "new": "posts that were new",
            "rejected": "records that could not be read",
        },
        """
        select run_id as run, task, shown_source(source) as source, hashtag, started_at,
               finished_at, verdict, shown_detail(source, detail) as detail,
               received, new, rejected
        from {store}.runs
        """,
    ),
    View(
        "sources",
        "Who was asked, how it went last, and what came of it.",
        {
            "source": "a server, a search, a file format",
            "runs": "how often it was asked",
            "last_run_at": "when last",
            "last_success_at": "when it last answered in full; null: never",
            "last_verdict": "of the last run that ended",
            "received": "records that came in all",
            "rejected": "records that could not be read",
        },
        """
        select shown_source(source) as source, count(*) as runs, max(started_at) as last_run_at,
               max(finished_at) filter (verdict in ('complete', 'truncated', 'empty'))
                   as last_success_at,
               arg_max(verdict, started_at) filter (verdict is not null) as last_verdict,
               sum(received)::bigint as received, sum(rejected)::bigint as rejected
        from {store}.runs group by runs.source
        """,
    ),
    View(
        "contradictions",
        "What a server says of another's post, against its home or who showed it: only noted.",
        {
            "post": "its key",
            "source": "who says so",
            "what": "gone: it is taken away; words: it was edited",
            "reason": "as the source gives it",
            "said_at": "when that was, by the source",
            "noted_at": "when it was first heard",
        },
        """
        select shown_post(c.key) as post, shown_source(c.source) as source, c.what,
               c.reason, c.said_at, c.noted_at
        from {store}.contradictions c
        join {store}.posts p on p.post_key = c.key and p.removed_at is null
        """,
    ),
    View(
        "watched",
        "Posts that belong to a watch by word of the operator.",
        {
            "watch": "its name",
            "post": "its key",
            "via": "how it came to it",
            "matched_at": "when it was first matched",
        },
        """
        select watch, shown_post(post_key) as post, via, first_matched_at as matched_at
        from {store}.matches
        """,
    ),
)
