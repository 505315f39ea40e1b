"""What accounts and texts are called on the page: as they are, or as others may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.letters.words import clean
from monitor.naming import Known, Naming, who

_MOST_LETTERS = 280


@dataclass(frozen=True, slots=True)
class Shown:
    """Names what is shown. naming: with it, only public figures keep their names."""

    known: Mapping[str, Known]
    naming: Naming | None = None

    def account(self, key: str) -> str:
        """Name an account by its key: `@handle`, else the platform's id, else a pseudonym."""
        return who(key, self.known.get(key), self.naming).shown

    def text(self, text: str | None) -> str | None:
        """Give a text as one line; None where it must not be shown, or there is none."""
        if self.naming is not None or not text:
            return None
        return clean(text, limit=_MOST_LETTERS)

    def accounts(self, keys: Iterable[str]) -> dict[str, str]:
        """Name many."""
        return {key: self.account(key) for key in keys}
