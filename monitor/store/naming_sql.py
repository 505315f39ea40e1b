"""The names of accounts as SQL macros: as they are, or as publications have them."""

from __future__ import annotations

import hashlib

from monitor.naming import PERSONAL, SOCIAL, SOURCES_OF_ACCOUNTS, Naming
from monitor.store.standing import OBSERVER

_LETTERS = 7
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # base 32 (RFC 4648)
_BLOCK = 64  # bytes of SHA-256's block, as HMAC (RFC 2104) wants its key

PLAIN = (
    "create temp macro shown_account(key, handle, followers, standing) as key",
    "create temp macro shown_handle(key, handle, followers, standing) as handle",
    "create temp macro shown_post(key) as key",
    "create temp macro shown_text(words) as words",
    "create temp macro shown_links(links) as links",
    "create temp macro shown_count(n) as n",
    "create temp macro shown_born(moment) as moment",
    "create temp macro shown_source(name) as name",
    "create temp macro shown_detail(name, words) as words",
)
PRIVATE = ("shown_account", "shown_handle", "shown_post", "shown_text", "shown_links",
           "shown_letters", "shown_number", "shown_digest", "shown_public", "shown_count",
           "shown_born", "shown_source", "shown_detail")  # fmt: skip


def redacting(naming: Naming) -> tuple[str, ...]:
    """Give macros that name accounts as `Naming.name` does; no texts, no links to social platforms.

    HMAC-SHA256 is written out, because DuckDB has none: H(opad ‖ H(ipad ‖ value)).
    """
    key = naming.salt.encode()
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    inner, outer = (bytes(b ^ x for b in padded).hex() for x in (0x36, 0x5C))
    listed = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}'" for name in sorted(naming.public))
    enough = "false" if naming.public_from is None else f"followers >= {int(naming.public_from)}"
    return (
        f"create temp macro shown_digest(value) as sha256(unhex('{outer}') || "
        f"unhex(sha256(unhex('{inner}') || encode(value))))",
        "create temp macro shown_number(value) as "
        "('0x' || substr(shown_digest(value), 1, 10))::ubigint",
        # As the only element of a list: the number is then made once, and not for each letter.
        "create temp macro shown_letters(value) as list_transform([shown_number(value)], "
        f"lambda n: {_letters('n')})[1]",
        f"create temp macro shown_public(key, handle, followers, standing) as "
        f"coalesce(lower(key) in ({listed or 'null'}), false) or "
        f"coalesce(split_part(lower(key), ':@', 2) in ({listed or 'null'}), false) or "
        # Null: from before it was kept whose word a handle is.
        f"coalesce(coalesce(standing, -1) <> {OBSERVER} "
        f"and lower(handle) in ({listed or 'null'}), false) or coalesce({enough}, false)",
        "create temp macro shown_account(key, handle, followers, standing) as "
        "case when key is null then null "
        "when shown_public(key, handle, followers, standing) then key "
        "else 'akun-' || shown_letters(key) end",
        "create temp macro shown_handle(key, handle, followers, standing) as "
        "case when shown_public(key, handle, followers, standing) then handle end",
        "create temp macro shown_post(key) as "
        "split_part(key, ':', 1) || ':post-' || substr(shown_digest(key), 1, 24)",
        "create temp macro shown_text(words) as case when false then words end",
        # Exact counts and times lead to an account, as in a lake.
        "create temp macro shown_count(n) as case when abs(n) < 100 then n "
        "else round(n, 1 - floor(log10(abs(n)))::integer)::bigint end",
        "create temp macro shown_born(moment) as date_trunc('day', moment)",
        # As `Naming.source` does; what a source said of itself may hold its name.
        f"create temp macro shown_source(name) as case "
        f"when split_part(name, '/', 1) in ({_OF_ACCOUNTS}) then split_part(name, '/', 1) || '/' "
        "|| case when shown_public(split_part(name, '/', 1) || ':@' || "
        "lower(split_part(name, '/', 2)), null, null, null) then split_part(name, '/', 2) "
        "else 'akun-' || shown_letters(split_part(name, '/', 1) || ':@' || "
        "lower(split_part(name, '/', 2))) end "
        f"when regexp_matches(name, '(?i){PERSONAL}') then split_part(name, '/', 1) || '/…' "
        "else name end",
        "create temp macro shown_detail(name, words) as case when shown_source(name) = name "
        f"and not regexp_matches(words, '(?i){_PERSONAL}') then words end",
        "create temp macro shown_links(links) as list_filter(links, lambda l: not "
        f"regexp_matches(l, '(?i){_PERSONAL}'))",
    )


def _letters(number: str) -> str:
    """Give the letters of the highest 35 of 40 bits, as `Naming` writes them."""
    return " || ".join(
        f"substr('{_ALPHABET}', (({number} >> {35 - 5 * place}) & 31)::bigint + 1, 1)"
        for place in range(_LETTERS)
    )


_OF_ACCOUNTS = ", ".join(f"'{network}'" for network in SOURCES_OF_ACCOUNTS)
_SITES = "|".join(site.replace(".", r"\.") for site in SOCIAL)
# As `plain_if_personal`, but for the sites that an address only may lead to by its beginning.
_PERSONAL = rf"//([^/?#]*[.@])?({_SITES})([/:?#]|$)|{PERSONAL}"
