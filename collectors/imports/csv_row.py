"""One row of a table, asked field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collectors.errors import RecordError
from collectors.imports import cells, literals
from collectors.imports.csv_columns import Columns
from collectors.imports.csv_keys import SHORT_ID, within

_OBJECT = ("{", "[")
# https://github.com/ropensci-archive/rtweet: save_as_csv(prepend_ids = TRUE), its default.
_RTWEET_MARK = "x"
_MARKED_ID = re.compile(r"x\d{15,}")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row, asked field by field."""

    columns: Columns
    row: Mapping[str, str]

    def known(self, field: str) -> str | None:
        """Return what a field says, if it says anything."""
        return cells.known(self.columns.cell(self.row, field))

    def id(self, field: str, *, refers: bool = False) -> str | None:
        """Return the whole id in a field; refers: of another post."""
        cell = self.columns.cell(self.row, field)
        if cell and cell.startswith(_RTWEET_MARK) and self.is_marked():
            cell = cell.removeprefix(_RTWEET_MARK)
        return cells.intact_id(cell, refers=refers)

    def is_marked(self) -> bool:
        """Return whether the row's ids begin with the x by which rtweet keeps them whole."""
        return bool(_MARKED_ID.fullmatch(self.columns.cell(self.row, "post_id") or ""))

    def count(self, field: str) -> int | None:
        """Return the count in a field. Raises `RecordError`."""
        return cells.count(self.columns.cell(self.row, field), field)

    def reference(self, field: str) -> str | None:
        """Return what the row points to: also an id that a spreadsheet has rounded."""
        to_post = field.endswith("_id")
        return cells.reference(self.columns.cell(self.row, field), to_post=to_post)

    def place(self, field: str) -> str | None:
        """Return the id of a post that is one beyond its channel."""
        native_id = self.id(field, refers=field != "post_id")
        if native_id is None or len(native_id) >= SHORT_ID:
            return native_id
        return within(self.known("channel"), native_id)

    def account(self, platform: str, field: str) -> str | None:
        """Return the key of an account that a column names by handle or by id."""
        named = self.reference(field)
        if named is None:
            return None
        if named.startswith(_OBJECT):
            native_id, handle = literals.account_in(named)
            return account_key(platform, native_id, handle)
        by_id = named.isdecimal() or (
            "author" not in self.columns.fields() and not named.startswith("@")
        )
        return f"{platform}:{named}" if by_id else handle_key(platform, named)

    def author(self) -> tuple[str | None, str | None]:
        """Return the id and the handle of who wrote it. Raises `RecordError`."""
        native_id, handle = self.id("author_id"), self.known("author")
        if handle is not None and handle.startswith(_OBJECT):
            in_object = literals.account_in(handle)
            if in_object == (None, None):
                raise RecordError(f"an object without a name: {handle!r:.60}", field="author")
            return native_id or in_object[0], in_object[1]
        return native_id, cells.reference(handle)


def account_key(platform: str, native_id: str | None, handle: str | None) -> str | None:
    """Return the key of an account by its id, or by its handle where only that is known."""
    if native_id is not None:
        return f"{platform}:{native_id}"
    return None if handle is None else handle_key(platform, handle)


def handle_key(platform: str, handle: str) -> str:
    """Return the key of an account that is known by its handle alone."""
    return f"{platform}:@{handle.removeprefix('@').lower()}"
