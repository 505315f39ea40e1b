"""What accounts, posts and links are called: as they are, or as others may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.naming import Known, Naming, Who, plain_if_personal, who

_SHOWN = 200  # letters of a text


@dataclass(frozen=True, slots=True)
class Names:
    """Names what is shown. naming: with it, only public figures keep their names."""

    handles: Mapping[str, str] = field(default_factory=dict)
    naming: Naming | None = None
    known: Mapping[str, Known] = field(default_factory=dict)

    def who(self, key: str) -> Who:
        """Name an account by its key."""
        return who(key, self.known.get(key) or Known(self.handles.get(key)), self.naming)

    def post(self, key: str) -> str | None:
        """Name a post; its key leads to its author."""
        return key if self.naming is None else None

    def text(self, text: str | None) -> str | None:
        """Give the beginning of a text on one line; it can be searched for."""
        return " ".join((text or "").split())[:_SHOWN] if self.naming is None else None

    def link(self, link: str) -> str:
        """Name a link."""
        return link if self.naming is None else plain_if_personal(link)
