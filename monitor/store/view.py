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
        of_a, of_b = (
            # What naming rests on: by the word of the account's home.
            f"{of}.handle, {of}.proven_followers, {of}.standing"
            for of in ("a", "b")
        )
        account = f"shown_account(p.author_key, {of_a})"
        return self.sql.format(
            store=store, posts=posts, account=account, matched=_MATCHED, of_a=of_a, of_b=of_b
        )
