"""How Twitter, now X, writes ids, handles, languages and text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from collectors.markup import unescape

PLATFORM = "x"
PLATFORM_NAMES = frozenset({"x", "x.com", "twitter", "twitter.com"})

# The codes that ISO 639 gave up, and those by which X says that there is no language to tell:
# https://docs.x.com/x-api/fundamentals/data-dictionary
_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}
_NO_LANGUAGE = frozenset({"", "und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
_STATUS_URL = re.compile(r"(?:twitter|x)\.com/(\w+)/status(?:es)?/(\d+)", re.IGNORECASE)
_OWN_MEDIA = re.compile(r"(?:twitter|x)\.com/\w+/status/\d+/(?:photo|video)/\d+$", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@＠./])[@＠](\w{1,20})", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)
_REPOST = re.compile(r"RT [@＠](\w{1,20})\b:?", re.ASCII)


def author_key(native_id: str | None, handle: str | None) -> str | None:
    """Give the key of an account, or None where neither its id nor its handle is known.

    >>> author_key("12", "Warga"), author_key(None, "Warga"), author_key(None, None)
    ('x:12', 'x:@warga', None)
    """
    if native_id:
        return f"x:{native_id}"
    return f"x:@{handle.lower()}" if handle else None


def key_or_none(native_id: str | None) -> str | None:
    """Give the key of a post that may not be known."""
    return f"x:{native_id}" if native_id else None


def post_url(handle: str | None, native_id: str) -> str:
    """Give the address at which a post is read."""
    return f"https://x.com/{handle or 'i'}/status/{native_id}"


def handle_and_id(url: str) -> tuple[str, str] | None:
    """Read the handle and the post id out of the address of a post.

    >>> handle_and_id("https://twitter.com/warga/status/1895262175704556019?s=20")
    ('warga', '1895262175704556019')
    """
    found = _STATUS_URL.search(url)
    return (found[1], found[2]) if found else None


def shared_links(links: Iterable[str]) -> list[str]:
    """Leave out the links by which a post shows its own pictures and its own rest."""
    return [link for link in links if "/i/web/status/" not in link and not _OWN_MEDIA.search(link)]


def language(code: str | None) -> str | None:
    """Give the ISO code of a language; X still writes Indonesian as `in`.

    >>> language("in"), language("und")
    ('id', None)
    """
    if code is None or code in _NO_LANGUAGE:
        return None
    return _LANGUAGES.get(code, code)


def plain(text: str) -> str:
    """Give the text as a reader sees it: the API escapes &, < and >."""
    return unescape(text) if "&" in text else text


def is_cut_repost(text: str) -> bool:
    """Tell whether a repost's text is only the beginning of its original."""
    return text.startswith("RT @") and text.endswith(("…", "..."))


def reposted_handle(text: str) -> str | None:
    """Give the handle after `RT @`, by which exports without other columns mark a repost.

    >>> reposted_handle("RT @warga: ayo"), reposted_handle("ayo RT @warga")
    ('warga', None)
    """
    found = _REPOST.match(text)
    return found[1] if found else None


def leading_handle(text: str) -> str | None:
    """Give the handle at the beginning of a text, where X puts the answered account.

    >>> leading_handle("@warga setuju"), leading_handle("setuju @warga")
    ('warga', None)
    """
    found = _HANDLE.match(text)
    return found[1] if found else None


def handles_in(text: str) -> tuple[str, ...]:
    """Find the handles that a text names, without @.

    >>> handles_in("@satu dan @Dua (surat@contoh.example)")
    ('satu', 'Dua')
    """
    return tuple(dict.fromkeys(_HANDLE.findall(text)))


def links_in(text: str) -> tuple[str, ...]:
    """Find the links in a text; one that is cut off leads nowhere and is left out.

    >>> links_in("baca https://t.co/AbC, dan (https://a.example/b) https://t.co/x…")
    ('https://t.co/AbC', 'https://a.example/b')
    """
    links = (link.rstrip(".,;:!?)]}'") for link in _LINK.findall(text) if "…" not in link)
    return tuple(dict.fromkeys(links))
