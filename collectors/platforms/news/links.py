"""One address per article, however it was reached."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = frozenset(
    {
        "_ga",
        "at_campaign",
        "at_medium",
        "cmpid",
        "fbclid",
        "gclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "page",  # `?page=all` is the same article on one page
        "ref",
        "source",
        "spm",
        "tag_from",
        "wtid",
    }
)
_LONGEST = 2_000


def canonical(link: str) -> str | None:
    """Give the one address of an article; None: this is no address.

    >>> canonical("http://www.Koran.example/a/?utm_source=x&id=3#top")
    'https://www.koran.example/a?id=3'
    >>> canonical("javascript:alert(1)") is None
    True
    """
    text = link.strip()
    if len(text) > _LONGEST or any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "." not in host:
        return None
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in _TRACKING and not name.startswith("utm_")
    ]
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    path = parts.path.rstrip("/").removesuffix("/amp") or ""
    return urlunsplit(("https", place, path, urlencode(query), ""))
