"""JSON that is not one record per line: a list, lists after each other, or records spread out.

Read as it comes in, so that a list of any length takes the memory of one record.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1 << 20
_LONGEST = 32 * _CHUNK  # characters of one record
_BETWEEN = re.compile(r"[\s,\[\]\x1e\ufeff]*")
_FIRST_KEY = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_DECODER = json.JSONDecoder(strict=False)


class Values:
    """The values of a file, each as it is written. What is damaged is given as it is too."""

    def __init__(self, file: BinaryIO) -> None:
        self.end = 0  # bytes that were given so far, and what lies between
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._at = 0  # in `_text`
        self._is_over = False
        self._begin: re.Pattern[str] | None = None  # as the first value begins, so do the others

    def __iter__(self) -> Iterator[bytes]:
        """Give one value after the other."""
        while self._skip():
            yield self._take(self._length())

    def _skip(self) -> bool:
        """Go to the next value; False at the end. A list is as good as what it holds."""
        while True:
            between = _BETWEEN.match(self._text, self._at)
            self._take(0 if between is None else between.end() - self._at)
            if self._at < len(self._text):
                return True
            if not self._read():
                return False

    def _take(self, length: int) -> bytes:
        taken = self._text[self._at : self._at + length].encode("utf-8", "surrogateescape")
        self._at += length
        self.end += len(taken)
        return taken

    def _read(self) -> bool:
        """Read more, each time as much as there is already: a long value is not tried often."""
        if self._is_over:
            return False
        rest = self._text[self._at :]
        more = self._file.read(max(_CHUNK, len(rest)))
        self._is_over = not more
        self._text, self._at = rest + self._decoder.decode(more, final=not more), 0
        return bool(more)

    def _length(self) -> int:
        """Give the length of the value that begins here."""
        self._note_begin()
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError):
                end = 0
            # A number may go on where the text that was read ends.
            if end and (end < len(self._text) or self._is_over):
                return end - self._at
            if not end and (self._is_over or len(self._text) - self._at > _LONGEST):
                return self._damaged()
            self._read()

    def _note_begin(self) -> None:
        if self._begin is None and (found := _FIRST_KEY.match(self._text, self._at)):
            self._begin = re.compile(rf"\{{\s*{re.escape(found[1])}\s*:")

    def _damaged(self) -> int:
        """Give the length of what cannot be read: up to what begins as the first value did."""
        again = self._begin and self._begin.search(self._text, self._at + 1)
        return (again.start() if again else len(self._text)) - self._at
