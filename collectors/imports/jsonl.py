"""One JSON value per line, or lists of them, or each over several lines: record by record."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from collectors.errors import ImportFileError
from collectors.imports import packed
from collectors.imports.json_values import Values
from collectors.records import Rejected

_FIRST_LINES = 20
_HEAD = 1 << 12
# What reading a record of JSON raises; one that is nested thousands deep raises it, too.
BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
LONGEST = 1 << 26  # bytes of a record
TOO_LONG = f"(more than {LONGEST >> 20} MB, too long for a record)".encode()
RAW_BYTES = 1 << 16  # of a rejected record; enough to see what is wrong with it


class Line(NamedTuple):
    """A record, which of its file it is, and how far the file is read with it.

    Where each has its line, `number` is that line's; else they are counted.
    """

    number: int
    content: bytes
    end: int


def lines(path: Path) -> Iterator[Line]:
    """Read the records; blank lines are none. Raises `ImportFileError`."""
    try:
        with packed.opened(path) as file:
            head = file.read(_HEAD)
        with packed.opened(path) as file:
            yield from _values(file) if _is_spread(head) else _lines(file)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error.strerror}") from error


def _lines(file: BinaryIO) -> Iterator[Line]:
    end = 0
    is_packed = isinstance(file, packed.Unpacked)
    for number, (content, length) in enumerate(_bounded(file), 1):
        end = file.tell() if is_packed else end + length
        if number == 1:
            content = content.removeprefix(codecs.BOM_UTF8)
        if content and not content.isspace():
            yield Line(number, content, end)


def _bounded(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Return each line and its length; one that is too long for a record gives way to a remark."""
    while content := file.readline(LONGEST):
        length = part = len(content)
        while part == LONGEST and not content.endswith(b"\n"):
            content = file.readline(LONGEST)
            part = len(content)
            length += part
        yield (content if length <= LONGEST else TOO_LONG), length


def _values(file: BinaryIO) -> Iterator[Line]:
    values = Values(file)
    is_packed = isinstance(file, packed.Unpacked)
    for number, content in enumerate(values, 1):
        yield Line(number, content, file.tell() if is_packed else values.end)


def _is_spread(head: bytes) -> bool:
    """Tell whether records are no lines: a list, or one that goes over several lines."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"["):
        return True
    first, line_end, _ = start.partition(b"\n")
    # A record that stands on a line of its own has a key on it; its first may be a long one.
    return bool(line_end) and first.strip() == b"{"


def first_record(head: bytes) -> bytes:
    """Give the first whole object among a file's first records, or the beginning of its only one.

    Empty if there is none.
    """
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _is_spread(start):
        first = next(iter(Values(io.BytesIO(start))), b"")
        return first if first.startswith(b"{") else b""
    first, line_end, _ = start.partition(b"\n")
    if not line_end:
        return first if first.startswith(b"{") else b""
    for line in start.split(b"\n", _FIRST_LINES)[:_FIRST_LINES]:
        try:
            msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        except BROKEN:
            continue
        return line
    return b""


def rejected(
    path: Path, line_number: int, reason: str, raw: bytes | str, *, field: str | None = None
) -> Rejected:
    """Set a record aside with its place in the file."""
    if isinstance(raw, bytes) and raw.startswith((TOO_LONG, packed.DAMAGED.encode())):
        reason, field = raw.decode(errors="replace").strip().strip("()"), None
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
    if message.startswith("maximum recursion depth"):
        return "nested too deeply", None
    reason, _, field = message.partition(" - at `")
    return reason, field.removesuffix("`") or None
