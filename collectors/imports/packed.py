"""Files as they lie: plain, or packed with gzip, zstd, bzip2 or xz, or a zip of one file.

Told by the first bytes, not by the name; unpacked while it is read, so that nothing is written and
a file of any size takes no memory.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]

_GZIP, _ZSTD, _BZIP2, _XZ = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\x00"
_ZIP = b"PK\x03\x04"
# Posts pack to a twentieth; what unpacks to so much more was made to fill a disk, or a memory.
_MOST_TIMES, _ALWAYS = 250, 1 << 30
# A block of zstd unpacks to 128 KB and takes four bytes: so much is unpacked at a time.
_ZSTD_PIECE = 1 << 10
DAMAGED = "(the archive is damaged"
# What goes wrong within an archive; a disk that fails is another matter.
_BROKEN = (
    EOFError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
    zstandard.ZstdError,
)


class Unpacked(io.BufferedReader):
    """A packed file, read unpacked. `tell` is how much of the packed file was read."""

    def __init__(self, unpacking: _Unpacking) -> None:
        super().__init__(unpacking, 1 << 16)
        self._unpacking = unpacking

    def tell(self) -> int:
        """Give the position in the file as it lies, for a progress bar."""
        return self._unpacking.position()

    def close(self) -> None:
        """Close both."""
        super().close()
        self._unpacking.close()


class _Unpacking(io.RawIOBase):
    """Reads the stream; where the archive breaks off, says so in a line of its own and ends.

    The line is no record of any format: it is set aside, with its number, and what came before
    it is kept.
    """

    def __init__(self, file: BinaryIO, stream: BinaryIO) -> None:
        self._file, self._stream = file, stream
        self._rest = memoryview(b"")  # a part of it is no copy
        self._is_over = False
        self._given = 0
        self._most = max(_ALWAYS, _MOST_TIMES * os.fstat(file.fileno()).st_size)

    def readable(self) -> bool:
        return True

    def position(self) -> int:
        return 0 if self._file.closed else self._file.tell()

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        if not self._is_over and not self._rest:
            try:
                self._rest = memoryview(self._stream.read(len(view)))
                self._is_over = not self._rest
                self._given += len(self._rest)
                if self._given > self._most:
                    raise EOFError(f"it unpacks to more than {_MOST_TIMES} times its size")
            except (*_BROKEN, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None:
                    raise  # the disk fails, not the archive
                self._is_over = True
                self._rest = memoryview(f"\n{DAMAGED} from here on: {error})\n".encode())
        part, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._file.close()
        super().close()


class _Zstd:
    """Frames one after the other; a frame that does not end is an error, as with the others."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._rest = b""  # packed, of the next frame
        self._is_within = False

    def read(self, _size: int) -> bytes:
        while True:
            data = self._rest or self._file.read(_ZSTD_PIECE)
            self._rest = b""
            if not data:
                if self._is_within:
                    raise EOFError("it ends in the middle of a frame")
                return b""
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            plain = self._frame.decompress(data)
            self._is_within = not self._frame.eof
            self._rest = self._frame.unused_data if self._frame.eof else b""
            if plain:
                return plain

    def close(self) -> None:
        """Do nothing: the file is closed by who opened it."""


def opened(path: Path) -> BinaryIO:
    """Open a file for reading, unpacked if it is packed. Raises `OSError`."""
    file = path.open("rb")
    head = file.read(6)
    file.seek(0)
    stream = _stream(file, head)
    return file if stream is None else cast("BinaryIO", Unpacked(_Unpacking(file, stream)))


def is_packed(path: Path) -> bool:
    """Tell whether a file is read unpacked. Raises `OSError`."""
    with opened(path) as file:
        return isinstance(file, Unpacked)


def _stream(file: BinaryIO, head: bytes) -> BinaryIO | None:
    if head.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if head.startswith(_ZSTD):
        return cast("BinaryIO", _Zstd(file))
    if head.startswith(_BZIP2):
        return cast("BinaryIO", bz2.BZ2File(file))
    if head.startswith(_XZ):
        return cast("BinaryIO", lzma.LZMAFile(file))
    return _only_member(file) if head.startswith(_ZIP) else None


def _only_member(file: BinaryIO) -> BinaryIO | None:
    """Open a zip's only file; None if there are several, or it is a workbook."""
    try:
        archive = zipfile.ZipFile(file)
        members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
        is_workbook = any(m.filename.startswith(("xl/", "[Content_")) for m in members)
        if len(members) == 1 and not is_workbook:
            return cast("BinaryIO", archive.open(members[0]))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        pass  # cut off, of an unknown method, or with a password: the caller says what it is
    file.seek(0)
    return None
