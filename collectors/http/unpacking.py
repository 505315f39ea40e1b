"""Unpacks the body of an answer as it comes in, and not one byte more than was agreed.

httpx unpacks whatever a server names, chains too, and a whole piece of the network at a time: 66
bytes of `zstd, zstd` become gigabytes. https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from collectors.said import quoted

ACCEPTED = "gzip, deflate"
_PIECE = 65_536  # bytes that are unpacked at a time
_GZIP_BEGINS = 0x1F
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


class UnreadableBodyError(Exception):
    """The body is not what was agreed: too large, or packed otherwise than was asked for."""


class BrokenBodyError(Exception):
    """The body cannot be unpacked, or breaks off: it may come whole at the next attempt."""


def unpacked(pieces: Iterable[bytes], encoding: str, *, most: int) -> bytes:
    """Unpack a body whose header `Content-Encoding` is given; it never holds more than `most`.

    Raises `UnreadableBodyError`, `BrokenBodyError`.

    >>> unpacked([zlib.compress(b"[1]")], "deflate", most=10)
    b'[1]'
    >>> unpacked([b""], "zstd, zstd", most=10)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    collectors.http.unpacking.UnreadableBodyError: the answer is packed as "zstd, zstd"...
    """
    named = [name for part in encoding.split(",") if (name := part.strip().lower())]
    packed = [name.removeprefix("x-") for name in named if name != "identity"]
    if not packed:
        return _joined(pieces, most)
    if packed not in (["gzip"], ["deflate"]):
        named_as = quoted(encoding, 60)
        raise UnreadableBodyError(f"the answer is packed as {named_as}, which was not asked for")
    body = _Unpacking(most, is_gzip=packed == ["gzip"])
    read = 0
    for piece in pieces:
        read += len(piece)
        if read > most + _PIECE:  # packing makes what is random a little larger
            raise _too_large(most)
        body.take(piece)
    return body.whole()


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> UnreadableBodyError:
    return UnreadableBodyError(f"the answer is larger than {most / 1_000_000:g} MB")


class _Unpacking:
    """A body that is unpacked while it comes in."""

    def __init__(self, most: int, *, is_gzip: bool) -> None:
        self._most, self._is_gzip = most, is_gzip
        self._body = bytearray()
        self._start = b""  # until it is enough to tell how it is packed
        self._inflater: zlib._Decompress | None = None

    def take(self, piece: bytes) -> None:
        """Unpack one more piece."""
        if self._inflater is None:
            piece = self._start = self._start + piece
            if len(piece) < 2:
                return
            self._inflater = zlib.decompressobj(_GZIP if self._is_gzip else _deflated(piece))
        while piece:
            if self._inflater.eof:
                # Gzip may hold several members; what else follows an end is nobody's.
                if not self._is_gzip or piece[0] != _GZIP_BEGINS:
                    return
                self._inflater = zlib.decompressobj(_GZIP)
            self._inflate(self._inflater, piece)
            piece = self._inflater.unused_data or self._inflater.unconsumed_tail

    def whole(self) -> bytes:
        """Return the body. Raises `BrokenBodyError` when its end is missing."""
        if self._inflater is None and not self._start:
            return b""  # nothing came, as with a 304
        while self._inflater is not None and not self._inflater.eof:
            if not self._inflate(self._inflater, b""):
                break
        if self._inflater is None or not self._inflater.eof:
            raise BrokenBodyError("the packed body breaks off")
        return bytes(self._body)

    def _inflate(self, inflater: zlib._Decompress, piece: bytes) -> int:
        try:
            found = inflater.decompress(piece, _PIECE)
        except zlib.error as error:
            raise BrokenBodyError(f"the body cannot be unpacked: {error}") from error
        self._body += found
        if len(self._body) > self._most:
            raise _too_large(self._most)
        return len(found)


def _deflated(start: bytes) -> int:
    """Tell zlib's format from the bare one: some send 'deflate' without its two bytes of header.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2
    """
    is_zlib = start[0] & 15 == 8 and int.from_bytes(start[:2], "big") % 31 == 0
    return _ZLIB if is_zlib else _RAW
