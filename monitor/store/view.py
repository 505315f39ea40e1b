"""What a view of `gaung sql` is."""

from __future__ import annotations

from dataclasses import dataclass

_MATCHED = "p.captured_as = 'matched' and p.removed_at is null"


@dataclass(frozen=True, slots=True)
class View:
    """A table that may be asked for. sql: reads the tables of `{store}`."""

    name: str
    what: str
    columns: dict[str, str]  # what each holds
    sql: str

    def reading(self, store: str) -> str:
        """Give the question, of the tables of a database such as `gaung.main`."""
        posts = f"{store}.posts p left join {store}.authors a on a.author_key = p.author_key"
        account = "shown_account(p.author_key, a.handle, a.followers)"
        return self.sql.format(store=store, posts=posts, account=account, matched=_MATCHED)
