"""What a second look at a note tells: who passed it on or answered it, and its counts now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from collectors.collector import PostRef
from collectors.errors import PayloadError, RecordError
from collectors.page import Page
from collectors.platforms.misskey.keys import post_key
from collectors.platforms.misskey.notes import Records, View, acts_of, author_of, read_notes
from collectors.platforms.misskey.payloads import Note, read, set_aside
from collectors.records import Interaction


class Acts:
    """Gathers what notes did to one note, over several answers."""

    def __init__(self, post: PostRef, local_id: str, view: View) -> None:
        self.local_id = local_id
        self._post, self._view = post, view
        self._found = Records()
        self._renotes: dict[str, Interaction] = {}
        self._seen: set[str] = set()

    def add(self, rows: Sequence[object], address: str) -> None:
        """Take an answer. What is meant for some only is left out, but for the act of renoting."""
        notes, read = read_notes(rows, address)
        self._found.rejected += read.rejected
        self._found.received += len(rows)
        for _, note in notes:
            # A quote comes with the renotes, and with the answers again.
            if note.id not in self._seen and not note.is_hidden:
                self._seen.add(note.id)
                self._take(note)

    def page(self) -> Page:
        """Give all that was taken. Raises `PayloadError` if nothing could be read."""
        found = self._found
        if len(found.rejected) == found.received > 1:
            why = f"{found.rejected[0].field}: {found.rejected[0].reason}"
            raise PayloadError(
                f"{self._view.source}: none of {found.received} notes can be read: {why}"
            )
        found.interactions += self._renotes.values()
        return found.page()

    def _take(self, note: Note) -> None:
        acts = [
            replace(
                act, target_author_key=self._post.author_key, target_post_key=self._post.post_key
            )
            for act in acts_of(note, self._view)
            if self.local_id == (note.reply_id if act.kind == "reply" else note.renote_id)
        ]
        if note.is_renote and note.visibility in ("public", "home"):
            self._found.authors.append(author_of(note.user, self._view.host))
            for act in acts:
                # Newest first: who renotes again did so first at the time that comes last.
                self._renotes[act.author_key] = act
        elif acts and note.is_public:
            self._found.interactions += acts
            self._found.add(note, "referenced", self._view)


def add_counts(found: Records, row: object, address: str, post: PostRef, view: View) -> None:
    """Take a note that was asked for by its id."""
    found.received += 1
    try:
        note = _the_note(row, post, view)
    except RecordError as error:
        found.rejected.append(set_aside(row, address, error))
        return
    if note.is_public:
        found.add(note, "referenced", view)


def _the_note(row: object, post: PostRef, view: View) -> Note:
    """Read a note. Raises `RecordError`, also if it is another one than was asked for."""
    note = read(row)
    if post_key(note, view.host) != post.post_key:
        raise RecordError("another note than the one asked for", field="uri")
    return note
