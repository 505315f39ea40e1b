"""What a question is about. Apart from how it is answered, which takes longer to load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.config import Watch
from monitor.store.queries import Selection


@dataclass(frozen=True, slots=True)
class Target:
    """What a question is about: a watch, or a hashtag."""

    name: str
    hashtags: tuple[str, ...]
    watch: str | None = None

    @classmethod
    def of(cls, watch: Watch) -> Target:
        """Give what a watch asks for."""
        return cls(watch.name, watch.tags, watch=watch.name)

    def selection(self, since: datetime | None, until: datetime | None) -> Selection:
        """Give its posts within a time."""
        return Selection(hashtags=self.hashtags, watch=self.watch, since=since, until=until)
