"""Letters that wait to be sent, and those that were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor import secrets
from monitor.store.database import Database

if TYPE_CHECKING:  # templates are slow to import, and only this table needs letters
    from monitor.letters import Letter, OutboxLetter

_LEFT = "sent_at is null and dropped_at is null"  # what may still be sent, or was given up
_FREE = f"""
    {_LEFT} and dead_at is null and due_at <= $now
    and (leased_until is null or leased_until <= $at)
"""


_STATE = """
    case when sent_at is not null then 'sent' when dropped_at is not null then 'dropped'
         when dead_at is not null then 'given up' else 'waiting' end
"""


def short_name(key: str) -> str:
    """Return what people call a letter by: eight characters that its key decides.

    >>> short_name("digest:ana@example.go.id:2026-08-18")
    '51845449'
    """
    return hashlib.sha256(key.encode()).hexdigest()[:8]


class Outbox:
    """The table outbox. A key is enqueued once; sent is marked after sending."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def enqueue(self, letter: Letter, *, now: datetime) -> bool:
        """Put a letter in, unless its key was ever put in. Tells whether it is new."""
        is_new = bool(
            self._db.run(
                """
                insert into outbox (letter_key, recipient, subject, body_text, body_html, thread,
                                    enqueued_at, due_at)
                values ($key, $recipient, $subject, $text, $html, $thread, $now, $now)
                on conflict do nothing
                """,
                key=letter.key,
                recipient=letter.recipient,
                subject=secrets.blank(letter.subject),
                text=secrets.blank(letter.text),
                html=secrets.blank(letter.html),
                thread=letter.references,
                now=now,
            )
        )
        for picture in letter.pictures if is_new else ():
            self._db.run(
                "insert into pictures values ($key, $name, $png)",
                key=letter.key,
                name=picture.name,
                png=picture.png,
            )
        return is_new

    def holds(self, key: str) -> bool:
        """Tell whether a letter was ever put in."""
        return bool(self._db.value("select count(*) from outbox where letter_key = $key", key=key))

    def due(
        self, now: datetime, *, limit: int = 50, at: datetime | None = None
    ) -> list[OutboxLetter]:
        """Give the letters to send now, oldest first, and leave them to whoever takes them.

        Leases run by the clock, which is `at` where `now` is simulated.
        """
        rows = self._db.rows(
            f"select * from outbox where {_FREE} order by enqueued_at, letter_key limit $limit",  # noqa: S608
            now=now,
            at=at or now,
            limit=limit,
        )
        return self._letters(rows)

    def claim(
        self, now: datetime, *, at: datetime, until: datetime, limit: int
    ) -> list[OutboxLetter]:
        """Give the letters to send now, oldest first; until then nobody else is given them."""
        rows = self._db.rows(
            f"""
            update outbox set leased_until = $until where letter_key in (
                select letter_key from outbox where {_FREE}
                order by enqueued_at, letter_key limit $limit)
            returning *
            """,  # noqa: S608
            now=now,
            at=at,
            until=until,
            limit=limit,
        )
        return self._letters(sorted(rows, key=lambda row: (row["enqueued_at"], row["letter_key"])))

    def _letters(self, rows: Iterable[dict[str, Any]]) -> list[OutboxLetter]:
        from monitor.letters import Letter, OutboxLetter, Picture

        return [
            OutboxLetter(
                letter=Letter(
                    key=row["letter_key"],
                    recipient=row["recipient"],
                    subject=row["subject"],
                    text=row["body_text"],
                    html=row["body_html"],
                    references=row["thread"],
                    pictures=tuple(Picture(**picture) for picture in self._pictures(row)),
                ),
                enqueued_at=row["retried_at"] or row["enqueued_at"],
                attempts=row["attempts"],
            )
            for row in rows
        ]

    def _pictures(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        return self._db.rows(
            "select name, png from pictures where letter_key = $key order by name",
            key=row["letter_key"],
        )

    def mark_sent(self, key: str, now: datetime) -> None:
        """Note that a mail server took the letter."""
        self._db.run(
            "update outbox set sent_at = $now, attempts = attempts + 1, last_error = null, "
            "leased_until = null where letter_key = $key",
            key=key,
            now=now,
        )
        self._db.run("delete from pictures where letter_key = $key", key=key)

    def mark_deferred(self, key: str, error: str, due_at: datetime, now: datetime) -> None:
        """Note why it was not taken, and when to try again."""
        del now
        self._db.run(
            "update outbox set due_at = $due_at, attempts = attempts + 1, last_error = $error, "
            "leased_until = null where letter_key = $key",
            key=key,
            error=secrets.redact(error),
            due_at=due_at,
        )

    def mark_dead(self, key: str, error: str, now: datetime) -> None:
        """Note that it will not be tried again unless somebody says so, and why."""
        self._db.run(
            "update outbox set dead_at = $now, attempts = attempts + 1, last_error = $error, "
            "leased_until = null where letter_key = $key",
            key=key,
            error=secrets.redact(error),
            now=now,
        )

    # --- by word of the operator ------------------------------------------------------------------

    def listed(self, *, states: Sequence[str] = ("waiting", "given up")) -> list[dict[str, Any]]:
        """Return the letters in these states, oldest first: each with what became of it."""
        return self._db.rows(
            f"""
            select letter_key as key, {_STATE} as state, recipient, subject, enqueued_at, attempts,
                   last_error as reason, sent_at, dropped_at,
                   case when state = 'waiting' then due_at end as due_at,
                   case when state <> 'sent' then dead_at end as given_up_at
            from outbox where list_contains($states, {_STATE}) order by enqueued_at, letter_key
            """,  # noqa: S608
            states=list(states),
        )

    def retry(self, keys: Sequence[str], *, now: datetime) -> int:
        """Let letters be tried from now on as if they were new; tell how many there were."""
        return self._db.run(
            f"""
            update outbox set dead_at = null, due_at = $now, retried_at = $now, attempts = 0
            where {_LEFT} and list_contains($keys, letter_key)
            """,  # noqa: S608
            keys=list(keys),
            now=now,
        )

    def drop(self, keys: Sequence[str], *, now: datetime) -> int:
        """Let letters not be sent; tell how many there were. Their texts go: they are about people.

        A dropped letter is never written again.
        """
        for key in keys:
            self._db.run("delete from pictures where letter_key = $key", key=key)
        return self._db.run(
            f"""
            update outbox set dropped_at = $now, body_text = '', body_html = ''
            where {_LEFT} and list_contains($keys, letter_key)
            """,  # noqa: S608
            keys=list(keys),
            now=now,
        )

    def troubles(self) -> list[dict[str, Any]]:
        """Return why letters were not taken: each reason with how many, since when, and when next.

        A letter is told with its own reason, never with another's.
        """
        return self._db.rows(
            f"""
            select {_STATE} as state, last_error as reason, count(*) as letters,
                   min(coalesce(retried_at, enqueued_at)) as since,
                   min(due_at) filter (dead_at is null) as next_at
            from outbox where {_LEFT} and last_error is not null
            group by all order by state, letters desc, since, reason
            """  # noqa: S608
        )

    def summary(self) -> dict[str, Any]:
        """Return the numbers of waiting, sent and given-up letters, and the newest reason."""
        return self._db.rows(
            f"""
            select count(*) filter ({_STATE} = 'waiting') as waiting,
                   count(*) filter (sent_at is not null) as sent,
                   count(*) filter ({_STATE} = 'given up') as dead,
                   max(sent_at) as last_sent_at,
                   arg_max(last_error, coalesce(dead_at, due_at)) filter (
                       {_LEFT} and last_error is not null) as last_error
            from outbox
            """  # noqa: S608
        )[0]
