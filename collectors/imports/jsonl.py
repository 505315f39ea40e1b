"""One JSON value per line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from collectors.errors import ImportFileError
from collectors.imports import packed
from collectors.records import Rejected

_FIRST_LINES = 20
RAW_BYTES = 1 << 16  # of a rejected record; enough to see what is wrong with it


class Line(NamedTuple):
    """A line that is not blank, where it stands, and how far the file is read with it."""

    number: int
    content: bytes
    end: int


def lines(path: Path) -> Iterator[Line]:
    """Read the lines that are not blank. Raises `ImportFileError`."""
    end = 0
    try:
        with packed.opened(path) as file:
            is_packed = isinstance(file, packed.Unpacked)
            for number, content in enumerate(file, 1):
                end = file.tell() if is_packed else end + len(content)
                if number == 1:
                    content = content.removeprefix(codecs.BOM_UTF8)
                if content and not content.isspace():
                    yield Line(number, content, end)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error.strerror}") from error


def first_record(head: bytes) -> bytes:
    """Give the first whole object among a file's first lines, or the beginning of its only line.

    Empty if there is none, as where JSON is spread over several lines to be read by people.
    """
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    first, line_end, _ = start.partition(b"\n")
    if not line_end:
        return first if first.startswith(b"{") else b""
    for line in start.split(b"\n", _FIRST_LINES)[:_FIRST_LINES]:
        try:
            msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        return line
    return b""


def rejected(
    path: Path, line_number: int, reason: str, raw: bytes | str, *, field: str | None = None
) -> Rejected:
    """Set a record aside with its place in the file."""
    if isinstance(raw, bytes):
        raw = raw[:RAW_BYTES].decode(errors="replace")
    return Rejected(
        locator=f"{path.name}:{line_number}",
        reason=reason,
        raw=raw[:RAW_BYTES].rstrip("\r\n"),
        field=field,
    )


def reason_and_field(message: str) -> tuple[str, str | None]:
    """Split what msgspec says into what is wrong and where.

    >>> reason_and_field("Expected `str`, got `int` - at `$.user.id_str`")
    ('Expected `str`, got `int`', '$.user.id_str')
    """
    reason, _, field = message.partition(" - at `")
    return reason, field.removesuffix("`") or None
