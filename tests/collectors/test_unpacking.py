"""Bodies are unpacked with a bound, in bytes and in memory, and only as was asked for."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest
import zstandard

from collectors.errors import (
    AccessRefusedError,
    CollectorError,
    PayloadError,
    RateLimitedError,
    SourceUnavailableError,
)
from tests.collectors.servers import make_client

BODY = b'["' + b"air naik " * 1000 + b'"]'
_RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATE = _RAW.compress(BODY) + _RAW.flush()
HALVES = gzip.compress(BODY[:100], mtime=0) + gzip.compress(BODY[100:], mtime=0)


def answering(
    body: bytes, encoding: str | None, *, status: int = 200, size: int = 1000, **headers: str
) -> Callable[[httpx.Request], httpx.Response]:
    packed = {} if encoding is None else {"Content-Encoding": encoding}

    class Pieces(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for start in range(0, len(body), size):
                yield body[start : start + size]

    return lambda _: httpx.Response(status, headers=packed | headers, stream=Pieces())


def ask(answer: Callable[[httpx.Request], httpx.Response], **options: object) -> bytes:
    client = make_client(answer, **options)
    try:
        return client.get_document("/x").body
    finally:
        client.close()


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (BODY, None),
        (BODY, "identity"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), "X-GZIP"),
        (gzip.compress(BODY, mtime=0), " identity , gzip"),
        (HALVES, "gzip"),
        (gzip.compress(BODY, mtime=0) + b"\x00\x00padding", "gzip"),
        (zlib.compress(BODY), "deflate"),
        (RAW_DEFLATE, "deflate"),
        (zlib.compress(BODY) + b"rest", "deflate"),
    ],
)
def test_what_was_asked_for_is_unpacked_in_whatever_pieces_it_comes(
    packed: bytes, encoding: str | None, size: int
) -> None:
    assert ask(answering(packed, encoding, size=size)) == BODY


@pytest.mark.parametrize(
    "encoding", ["zstd", "br", "gzip, gzip", "gzip,deflate", "zstd, zstd", "x", "\x1b[2J;a" * 99]
)
def test_what_was_not_asked_for_is_refused_and_told_in_one_line(encoding: str) -> None:
    with pytest.raises(PayloadError, match="which was not asked for") as caught:
        ask(answering(zstandard.compress(BODY), encoding))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "packed", [gzip.compress(BODY, mtime=0)[:-9], b"\x1f\x8b\x08junkjunk", b"\x1f"]
)
def test_a_packed_body_that_breaks_off_is_asked_for_again(packed: bytes) -> None:
    answers = [answering(packed, "gzip"), answering(gzip.compress(BODY, mtime=0), "gzip")]
    assert ask(lambda request: answers.pop(0)(request)) == BODY
    with pytest.raises(SourceUnavailableError, match="3 attempts"):
        ask(answering(packed, "gzip"))


def test_an_empty_body_may_be_called_packed() -> None:
    assert ask(answering(b"", "gzip")) == b""


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, AccessRefusedError), (429, RateLimitedError), (503, SourceUnavailableError)],
)
@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip"])
def test_a_refusal_in_an_odd_packing_is_still_that_refusal(
    status: int, error: type[CollectorError], encoding: str
) -> None:
    with pytest.raises(error, match=f"answered {status}"):
        ask(answering(b"\xff\xfe", encoding, status=status))


def test_a_refusal_without_end_is_still_that_refusal() -> None:
    with pytest.raises(AccessRefusedError, match="answered 403"):
        ask(answering(b" " * 100_000, None, status=403), max_bytes=1000)


def test_words_in_another_encoding_than_utf_8_are_told_as_far_as_they_go() -> None:
    words = '{"error": "délai dépassé"}'.encode("latin-1")
    with pytest.raises(SourceUnavailableError, match=r'the server says "d.lai d.pass.'):
        ask(answering(words, None, status=503))


BOMBS = {
    "gzip": "gzip.compress(b' ' * 100_000_000)",
    "deflate": "zlib.compress(b' ' * 100_000_000)",
    "gzip, gzip": "gzip.compress(gzip.compress(b' ' * 100_000_000))",
    "zstd": "zstandard.compress(b' ' * 100_000_000)",
    "zstd, zstd": "zstandard.compress(zstandard.compress(b' ' * 100_000_000))",
}
_ASK = """
import resource, socket, sys, threading
from datetime import datetime, UTC
from collectors.errors import CollectorError
from collectors.http import PoliteClient
body = sys.stdin.buffer.read()
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    connection, _ = listener.accept()
    connection.recv(65536)
    head = f"HTTP/1.1 200 OK\\r\\nContent-Encoding: {sys.argv[1]}\\r\\nContent-Length: {len(body)}"
    try:
        connection.sendall(head.encode() + b"\\r\\nConnection: close\\r\\n\\r\\n" + body)
    except OSError:
        pass
threading.Thread(target=serve, daemon=True).start()
client = PoliteClient(f"http://127.0.0.1:{listener.getsockname()[1]}", user_agent="x",
    now=lambda: datetime(2026, 3, 1, tzinfo=UTC), sleep=lambda _: None, min_interval=0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    client.get_json("/x")
except CollectorError as error:
    print(type(error).__name__, error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_body_that_unpacks_to_gigabytes_takes_some_ten_megabytes(encoding: str) -> None:
    make = f"import gzip, zlib, zstandard, sys; sys.stdout.buffer.write({BOMBS[encoding]})"
    bomb = subprocess.run([sys.executable, "-c", make], capture_output=True, check=True).stdout
    done = subprocess.run(
        [sys.executable, "-c", _ASK, encoding],
        input=bomb,
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    told, kilobytes = done.stdout.decode().splitlines()
    assert told.startswith("PayloadError")
    assert "larger than 10 MB" in told or "which was not asked for" in told
    assert int(kilobytes) < 40_000


def test_any_bytes_come_back_as_they_were() -> None:
    chance = random.Random(7)
    for _ in range(50):
        body = chance.randbytes(chance.randrange(200_000))
        size = chance.randrange(1, 70_000)
        assert ask(answering(gzip.compress(body, mtime=0), "gzip", size=size)) == body
        assert ask(answering(zlib.compress(body), "deflate", size=size)) == body
