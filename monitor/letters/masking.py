"""Takes out of a text what leads to a person: handles, addresses, keys, numbers, links."""

from __future__ import annotations

import re
import unicodedata

_NAME, _LINK, _PHONE = "@…", "[link]", "[phone]"
# Up to where a handle goes: letters of any script with their marks, and what joins them.
_HANDLE = r"[^\s@,;:!?()\[\]{}<>\"'“”‘’«»/\\|…]"
# After a blank: a name, and not what a thing costs.
_APART = rf" (?!(?:Rp|IDR|USD)\b|Rp\d)[^\W\d]{_HANDLE}*(?: ?@ ?{_HANDLE}+)?"
_BECH32 = r"1[02-9ac-hj-np-z]{2,}"  # https://github.com/nostr-protocol/nips/blob/master/19.md
# Where a lower-case word after a dot is missing its blank, this takes two words too many; a
# handle that is left says who it was. In other cases only what is surely the end of a domain.
_ENDINGS = (
    "app|biz|blog|bot|co|com|dev|edu|eu|example|fyi|gov|id|info|invalid|io|me|mil|my|net|news|"
    "online|org|pro|pub|sg|site|social|space|store|team|test|top|tv|uk|us|web|wiki|world|xyz"
)
_MASKS = (
    # Links, of any scheme, and what has a path after a domain.
    (re.compile(r"\b[a-z][a-z0-9+.-]*://\S*|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)+(?::\d+)?/\S*", re.I),
     _LINK),
    # Nostr's keys: those of people, and those of posts.
    (re.compile(rf"\b(?:web\+)?(?:nostr:\s?)?(?:npub|nprofile|nsec){_BECH32}", re.I), _NAME),
    (re.compile(rf"\b(?:web\+)?(?:nostr:\s?)?(?:note|nevent|naddr|nrelay){_BECH32}", re.I), _LINK),
    (re.compile(r"\b(?:web\+)?nostr:\S+", re.I), _NAME),
    (re.compile(r"(?<!\w)[0-9a-f]{64}(?!\w)", re.I), _NAME),
    # A whole key also where it is stuck to a word.
    (re.compile(r"(?:npub|nprofile|nsec|note|nevent|naddr)1[02-9ac-hj-np-z]{20,}", re.I), _NAME),
    # https://www.w3.org/TR/did-core/#did-syntax, or as it stands in addresses
    (re.compile(r"\bdid\s?(?::|%3a)\s?[a-z0-9]+\s?(?::|%3a)\s?[\w.:%-]+", re.I), _NAME),
    # Addresses of mail and of the fediverse, with blanks round the sign; and spelt out.
    (re.compile(r"@?[\w.+-]+(?:@ ?| @ )[\w-]+(?:\.[\w-]*[^\W\d][\w-]*)+"), _NAME),
    (re.compile(r"[\w.+-]+\s?[(\[{]\s?at\s?[)\]}]\s?[\w-]+(?:\s?(?:\.|[(\[{]\s?dot\s?[)\]}])\s?[\w-]+)*",
                re.I), _NAME),
    # Handles: @name, @name@server, "@ name", name@.
    (re.compile(rf"[\w.+-]*@(?:{_HANDLE}+(?:@{_HANDLE}+)?|{_APART})"), _NAME),
    (re.compile(r"(?<![\w/])/?u/[\w-]{3,}"), _NAME),  # Reddit's
    # Domains: on Bluesky, and in NIP-05 of Nostr, they are names.
    (re.compile(r"(?<![\w.])(?:[\w-]+\.)+(?-i:[a-z]{2,24})(?![\w])"), _LINK),
    (re.compile(rf"(?<![\w.])(?:[\w-]+\.)+(?:{_ENDINGS})(?![\w])", re.I), _LINK),
)  # fmt: skip
_BETWEEN = r"[ .()/‑–—-]{0,3}"
_NO_DATE = r"(?!\d{1,2}[-./]\d{1,2}[-./]\d{2,4}(?!\d))(?!\d{1,2}[.:]\d{2} ?[-–—] ?\d{1,2}[.:]\d{2})"
_PHONES = re.compile(
    "|".join(
        (
            # Of any country, with its sign; Indonesian mobiles, 08… and 62 8…; landlines, (021) …
            rf"\(?\+ ?\d(?:{_BETWEEN}\d){{7,14}}",
            rf"(?<![\d.,]){_NO_DATE}(?:00)?\(?(?:62|0){_BETWEEN}8(?:{_BETWEEN}\d){{7,11}}(?!\d)",
            rf"(?<![\d.,]){_NO_DATE}\(?0[2-9]\d{{1,2}}\)?{_BETWEEN}\d(?:{_BETWEEN}\d){{5,8}}(?!\d)",
            # Without its first figure, as people write it who are sure of it.
            r"(?<![\d.,])8[1-9]\d[ -]\d{3,4}[ -]\d{3,5}(?!\d)",
            # Long numbers in one piece: of people, of accounts; amounts have points, or a sign.
            r"(?<![\d.,])(?<!rp)(?<!rp )(?<!idr)(?<!idr )\d{10,18}(?![\d])",
        )
    ),
    re.IGNORECASE,
)


def unnamed(line: str) -> str:
    """Return a line without what leads to a person.

    >>> unnamed("kata @ani dan nostr:npub1sn0wdenkukak, juga akun.bsky.social")
    'kata @… dan @…, juga [link]'
    >>> unnamed("hubungi 0812-3456-7890, +62 812 3456 7890 atau wa.me/6281234567890")
    'hubungi [phone], [phone] atau [link]'
    >>> unnamed("Rp1.500.000 pada 08-03-2026 pukul 08.00-12.00, harga naik.Lalu turun 0,5 persen")
    'Rp1.500.000 pada 08-03-2026 pukul 08.00-12.00, harga naik.Lalu turun 0,5 persen'
    """
    folded = _folded(line)
    masked = _masked(folded)
    # Where nothing was found, the text stays as it was written.
    return line if masked == folded else masked


def _folded(line: str) -> str:
    """Write what looks like another character as that character: ＠ and ﹫ as @, ０ as 0."""
    plain = unicodedata.normalize("NFKC", line)
    return "".join(
        str(unicodedata.digit(one)) if one.isdecimal() and not one.isascii() else one
        for one in plain
    )


def _masked(line: str) -> str:
    for pattern, shown in _MASKS:
        line = pattern.sub(shown, line)
    return _PHONES.sub(_PHONE, line)
