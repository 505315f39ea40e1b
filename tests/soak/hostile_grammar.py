"""Raw answers of HTTP/1.1 as a hostile or broken server may give them, from a seeded chance.

`answers(random)` gives the bytes of one answer. About half of them are shaped like Mastodon's, so
that they come through to the parsers; the others break on the way. What no real server does to us
by mistake, a hostile one does on purpose: both are here.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

import zstandard

_SPACES = b" " * 1_000_000
_STATUSES = (
    *(b"200 OK",) * 12,
    b"200",
    b"204 No Content",
    b"206 Partial Content",
    b"301 Moved",
    b"302 Found",
    b"303 See Other",
    b"304 Not Modified",
    b"307 Temporary Redirect",
    b"308 Permanent Redirect",
    b"300 Multiple Choices",
    b"400 Bad Request",
    b"401 Unauthorized",
    b"403 Forbidden",
    b"404 Not Found",
    b"410 Gone",
    b"422 Unprocessable",
    b"429 Too Many Requests",
    b"451 Unavailable",
    b"500 Internal Server Error",
    b"503 Service Unavailable",
    b"999 ???",
    b"000 Nothing",
    b"\xff\xfe",
    b"200 \xe2\x80\xae\x1b[31mOK",
)
DATES = (
    "Sun, 01 Mar 2026 12:00:00 GMT",
    "Sun, 01 Mar 2026 12:00:00 +99999999999999999999",
    "Sun, 01 Mar 2026 12:00:00 -9999",
    "Mon, 01 Jan 0001 00:00:00 +1400",
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Fri, 31 Dec 99999 23:59:59 GMT",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "Sun, 99 Foo 2026 99:99:99 XXX",
    "Sun, 01 Mar 2026 12:00:00 " + "+" * 500,
    "-1",
    "1e999",
    "NaN",
    "0",
    "60",
    "9" * 400,
    "9" * 5_000,
    "\u0663\u0660",
    "",
    ",",
    "Sun, 01 Mar " + "2" * 5_000 + " 12:00:00 GMT",
)
ADDRESSES = (
    "/next",
    "?max_id=1",
    "https://a.example/x?max_id=2",
    "http://[::1/x?max_id=3",
    "http://[::1]:99999999/",
    "http://[fe80::1%25eth0]/",
    "http://a..example/",
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 200}example/",
    "http://xn--a/",
    "http://xn--zzzzzzzz99999/",
    "http://\u2100.example/",
    "http://exa\u00admple.example/",
    "http://a.example:99999999/",
    "http://a.example:-1/",
    "http://a.example:abc/",
    "http://a.example:0/",
    "http:///nowhere",
    "http://",
    "//",
    "",
    "\\\\a.example\\x",
    "http://user:pw@a.example/",
    "http://user@127.0.0.1:1/",
    "file:///etc/passwd",
    "gopher://a.example/",
    "javascript:alert(1)",
    "data:,x",
    "mailto:a@a.example",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://127.0.0.1.:1/",
    "http://localhost:1/",
    "http://[::ffff:127.0.0.1]:1/",
    "http://[64:ff9b::7f00:1]:1/",
    "http://a.example/" + "x" * 70_000,
    "http://a.example/\x00\x1b[2J",
    "http://\xff\xfe/",
    "https://a.example/%zz%00%ff",
)
_WORDS = (
    "Token revoked",
    "d\u00e9lai d\u00e9pass\u00e9",
    'no"; run: rm -rf ~; level=error event=fake',
    "\x1b]0;x\x07\u202e\nlevel=error event=fake",
    "x" * 100_000,
    "",
)
_ENCODINGS = ("br", "zstd, zstd", "gzip, gzip", "compress", "x-nothing", "\xff", "," * 100, "*")


def answers(random: Random) -> bytes:
    """Return the bytes of one answer, head and body."""
    body = _body(random)
    encoding, body = _packed(random, body)
    lines = [b"HTTP/1.1 " + random.choice(_STATUSES)]
    if random.random() < 0.02:
        lines[0] = random.choice((b"", b"\x16\x03\x01", b"ICY 200 OK", b"HTTP/9.9 200", b"{}"))
    lines += [
        _line(name, value)
        for name, value in _headers(random, encoding, len(body))
        if value is not None
    ]
    if random.random() < 0.02:
        lines.append(random.choice((b"no colon here", b": no name", b"\x00: x", b"X: \x00", b" y")))
    raw = b"\r\n".join(lines) + b"\r\n\r\n" + body
    if random.random() < 0.05:
        raw = raw[: random.randrange(len(raw))]
    return raw


def _headers(random: Random, encoding: str | None, length: int) -> list[tuple[str, str | None]]:
    kinds = ("application/json", "application/json; charset=\xff", "text/html", "\x7f", None)
    found: list[tuple[str, str | None]] = [
        ("Content-Type", random.choice(kinds)),
        ("Content-Encoding", encoding),
        ("Connection", "close"),
        ("Content-Length", _length(random, length)),
    ]
    for name, values, share in (
        ("Date", DATES, 0.5),
        ("Age", DATES, 0.2),
        ("Retry-After", DATES, 0.4),
        ("X-RateLimit-Reset", DATES, 0.3),
        ("X-RateLimit-Remaining", ("0", "-1", "\xff", "1"), 0.2),
        ("RateLimit", ('"x";r=0;t=9', ";r=" + "9" * 5_000, '";t=-1', "\xff"), 0.1),
        ("Location", ADDRESSES, 0.5),
        ("Set-Cookie", ("a=b; Max-Age=" + "9" * 400, "=;;;=", "\xff=\xfe", "a=b; Expires=x"), 0.2),
        ("Mastodon-Async-Refresh", ('id="x", retry=' + "9" * 400, "\xff"), 0.1),
        ("ETag", ("\xff", '"' + "x" * 9_000), 0.1),
    ):
        if random.random() < share:
            found.append((name, random.choice(values)))
    if random.random() < 0.5:
        found.append(("Link", _link(random)))
    random.shuffle(found)
    return found


def _link(random: Random) -> str:
    relations = ('rel="next"', 'rel="prev"', "rel=next", 'rel="', "rel", ";;;=", "rel=\xff")
    one = f"<{random.choice(ADDRESSES)}>; {random.choice(relations)}"
    return random.choice((one, f"{one}, {one}", one.replace("<", ""), "<" * 1_000, ",;,;", "<>;"))


def _length(random: Random, length: int) -> str | None:
    if random.random() < 0.85:
        return str(length)
    return random.choice((None, "-1", "abc", "1, 2", str(length + 9), "9" * 400, "0", "+5", "\xb2"))


def _packed(random: Random, body: bytes) -> tuple[str | None, bytes]:
    chance = random.random()
    if chance < 0.7:
        return None, body
    if chance < 0.8:
        return "gzip", gzip.compress(body, mtime=0)
    if chance < 0.85:
        return "deflate", zlib.compress(body)
    if chance < 0.9:  # said, and not done; done, and broken off
        whole = gzip.compress(body, mtime=0)
        return random.choice(("gzip", "deflate")), random.choice((body, whole[:-9], whole + whole))
    if chance < 0.95:
        return random.choice(_ENCODINGS), zstandard.compress(body)
    return "gzip", gzip.compress(_SPACES * random.choice((1, 12)), mtime=0)


def _body(random: Random) -> bytes:
    made: Callable[[Random], bytes] = random.choice((_timeline, _timeline, _junk, _error))
    body = made(random)
    if random.random() < 0.15 and body:
        place = random.randrange(len(body))
        body = body[:place] + random.choice((b"\xff", b"\xc0\x80", b"\x00", b"")) + body[place:]
    return body


def _error(random: Random) -> bytes:
    words = random.choice(_WORDS)
    said: Any = random.choice(
        ({"error": words}, {"error": {"message": words}}, {"detail": words}, {"title": 7}, words)
    )
    text = json.dumps(said, ensure_ascii=random.random() < 0.5)
    return text.encode(random.choice(("utf-8", "latin-1", "utf-16")), "replace")


def _junk(random: Random) -> bytes:
    return random.choice(
        (
            b"",
            b"null",
            b"{}",
            b"[]",
            b"[" * 100_000,
            b'{"a":' * 5_000,
            b"1" * 10_000,
            b"[NaN, 1e999999, -0]",
            b'["\\ud800"]',
            b"\xef\xbb\xbf[]",
            b"<!DOCTYPE html><title>\xff</title>",
            b"<rss><channel><item><pubDate>" + DATES[1].encode() + b"</pubDate></item>",
            random.randbytes(2_000),
        )
    )


def _timeline(random: Random) -> bytes:
    rows = [_status(random) for _ in range(random.randrange(4))]
    return json.dumps(rows, ensure_ascii=random.random() < 0.5).encode("utf-8", "replace")


def _status(random: Random) -> dict[str, Any]:
    """Return a status in Mastodon's shape, of which some fields are not as they should be."""
    number = str(random.randrange(10**17, 10**18))
    name = f"akun{number[-6:]}"
    account: dict[str, Any] = {
        "id": number,
        "username": name,
        "acct": name,
        "display_name": random.choice(_WORDS[:4]),
        "bot": False,
        "created_at": "2022-11-18T00:00:00.000Z",
        "url": f"https://a.example/@{name}",
        "uri": f"https://a.example/users/{name}",
        "followers_count": 1,
        "following_count": 1,
        "statuses_count": 1,
    }
    status: dict[str, Any] = {
        "id": number,
        "created_at": "2026-03-01T11:00:00.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "visibility": "public",
        "language": "id",
        "uri": f"https://a.example/users/{name}/statuses/{number}",
        "url": f"https://a.example/@{name}/{number}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "edited_at": None,
        "content": "<p>Air naik lagi #air</p>",
        "reblog": None,
        "account": account,
        "mentions": [],
        "tags": [{"name": "air", "url": "https://a.example/tags/air"}],
        "card": None,
    }
    while random.random() < 0.4:
        held = random.choice((status, account))
        held[random.choice(list(held))] = random.choice(
            (
                random.choice(ADDRESSES),
                random.choice(DATES),
                random.choice(_WORDS),
                None,
                -1,
                2**64,
                10**40,
                [],
                {},
                [None],
                True,
            )
        )
    return status


def _line(name: str, value: str) -> bytes:
    return (
        name.encode() + b": " + value.encode("utf-8" if "\u0660" in value else "latin-1", "replace")
    )
