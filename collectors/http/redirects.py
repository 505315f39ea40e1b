"""Where an answer sends us on, and whether we go there; and what it wants us to carry: nothing.

httpx reads the header `Location` by itself, and breaks on some; so it is taken out of its sight,
and each hop is a request that we make.
"""

from __future__ import annotations

from http.cookiejar import CookieJar
from typing import Any

import httpx

from collectors.errors import AccessRefusedError, PayloadError
from collectors.http.messages import Call
from collectors.said import address_of, quoted

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REPEATED = frozenset({307, 308})  # with method and body: https://www.rfc-editor.org/rfc/rfc9110
_HARMLESS = frozenset({"accept", "if-none-match", "if-modified-since"})
_LOCATION = "gaung_location"


class NoCookies(CookieJar):
    """Takes no cookie: no source needs one, and the library's parser breaks on some."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Do nothing."""


def hide_location(response: httpx.Response) -> None:
    """Keep httpx from following, or even reading, where an answer leads (a hook of httpx)."""
    if response.status_code in _REDIRECTS and "Location" in response.headers:
        response.extensions[_LOCATION] = response.headers.pop("Location")


def following(response: httpx.Response, call: Call, url: httpx.URL, asked: str) -> Call | None:
    """Return the question that an answer sends us on with; None if it sends us nowhere.

    Another server gets neither a body nor headers of ours: they may hold a password or a key.
    Raises `PayloadError`, `AccessRefusedError`.
    """
    said = response.extensions.get(_LOCATION)
    if said is None:
        return None
    target = _target(url, str(said))
    if target is None:
        raise PayloadError(f"{asked}: redirected to {quoted(said)}, which is no address")
    if target.scheme != url.scheme:
        raise PayloadError(f"{asked}: redirected to {quoted(target.scheme)}")
    is_home = target.raw_host == url.raw_host and target.port == url.port
    if not is_home and call.method != "GET":
        other = quoted(target.netloc.decode("ascii"))
        raise AccessRefusedError(
            f"{asked}: redirected to {other}, and what was sent goes to no other server; "
            f"if {other} is the right one, name it in the settings"
        )
    has_left = call.has_left or not is_home
    headers = {k: v for k, v in call.headers.items() if is_home or k.lower() in _HARMLESS}
    if call.method == "GET" or response.status_code in _REPEATED:
        return Call(call.method, target, None, call.payload, headers, has_left)
    return Call("GET", target, None, None, headers, has_left)


def _target(url: httpx.URL, said: str) -> httpx.URL | None:
    try:
        target = url.join(said).copy_with(fragment=None)
        target.host  # noqa: B018 (which httpx reads later, and cannot of each)
    except (httpx.InvalidURL, ValueError):  # names that IDNA does not know are ValueErrors too
        return None
    # What httpx takes for an address is not always one that can be looked up.
    found = address_of(str(target))
    is_known = found is not None and target.raw_host and found.scheme in ("http", "https")
    return target if is_known and not target.userinfo else None
