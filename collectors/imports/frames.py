"""Pages out of many records, fast."""

from __future__ import annotations

from collectors import moments
from collectors.page import (
    AUTHORS,
    ENGAGEMENT,
    INTERACTIONS,
    POSTS,
    REJECTED,
    Page,
    frame_of,
)
from collectors.records import Author, Engagement, Interaction, Post, Rejected


class Gathered:
    """What the records read so far hold, until it is made a page."""

    def __init__(self) -> None:
        self.received = 0
        self.repeated = 0  # records of a post that the file had before
        self.matched: list[Post] = []
        self.places: dict[str, int] = {}  # in `matched`, where a format joins records
        self.referenced: dict[str, Post] = {}
        # An author or an original comes along again with each of its reposts: once is enough.
        self.authors: dict[str, Author] = {}
        self.interactions: list[Interaction] = []
        self.engagement: dict[tuple[str, object], Engagement] = {}
        self.rejected: list[Rejected] = []

    def add_engagement(self, engagement: Engagement) -> None:
        """Keep the counts, if there are any, unless the same observation is here already."""
        e = engagement
        if not (e.reposts is e.quotes is e.replies is e.likes is e.views is None):
            self.engagement.setdefault((e.post_key, e.taken_at), e)

    def counted(self, counts: Engagement) -> Engagement | None:
        """Take the counts of the same observation out, to be added again with others."""
        return self.engagement.pop((counts.post_key, counts.taken_at), None)

    def page(self, *, progress: int) -> Page:
        """Give all of it as a page."""
        matched = {post.post_key for post in self.matched}
        referenced = [post for key, post in self.referenced.items() if key not in matched]
        times = [p.created_at for p in self.matched if moments.is_possible(p.created_at)]
        return Page(
            posts=frame_of(self.matched + referenced, POSTS),
            authors=frame_of(list(self.authors.values()), AUTHORS),
            interactions=frame_of(self.interactions, INTERACTIONS),
            engagement=frame_of(list(self.engagement.values()), ENGAGEMENT),
            rejected=frame_of(self.rejected, REJECTED),
            received=self.received,
            repeated=self.repeated,
            oldest_at=min(times, default=None),
            newest_at=max(times, default=None),
            progress=progress,
        )
