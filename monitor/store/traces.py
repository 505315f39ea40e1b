"""How others write of one account: its names, links to it, and its words. Pure.

What stays ambiguous stays: `budi` is a word and the name of many, `@budi` or `budi_jaya77` is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from urllib.parse import unquote

from monitor.naming import HOSTS

BLANK = "…"
_AT = "[@＠﹫][\u200b-\u200f\u2060\ufeff]*"  # and what hides between sign and name
_LINK = re.compile(
    # Bounded in each part: a text of dots or hyphens would else take minutes.
    r"(?:\b[a-z][a-z0-9+.-]{0,20}://|\bwww\.)[^\s<>\"']+"
    r"|(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}/[^\s<>\"']*",
    re.I,
)
_SEGMENTS = re.compile(r"[/?#&=]+")
_WORDS = re.compile(r"[^\W_]+")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)
_FEWEST_LETTERS = 3  # of a name that is looked for behind an @
_SHORTEST_WORD = 5  # of a name with a digit, _ or . in it, which no word has
_LONGEST_WORD = 12  # from here on a name of letters alone is none either
_NEVER = r"[^\s\S]"
_RUN = 3  # so many words in a row are hardly anybody else's in a letter


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account that goes."""

    key: str
    handle: str | None = None
    display_name: str | None = None  # None: others bear it too
    urls: tuple[str, ...] = ()  # of its page and its posts
    post_keys: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Traces:
    """Finds and blanks what leads to one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.platform, _, native = account.key.partition(":")
        self.native = native.removeprefix("@")
        full = {self.native if ":@" in account.key else "", (account.handle or "").lstrip("@")}
        self.full = sorted({name.lower() for name in full if name})
        self.local = sorted({name.partition("@")[0] for name in self.full if "@" in name})
        self.servers = {name.partition("@")[2] for name in self.full if "@" in name}

    @property
    def names(self) -> list[str]:
        """All names, the longest first."""
        return sorted({*self.full, *self.local}, key=lambda name: (-len(name), name))

    @cached_property
    def probes(self) -> list[str]:
        """What a text must have, in lower case and with single spaces, to be looked at at all."""
        names = [name for name in self.names if len(name) >= _FEWEST_LETTERS]
        words = [self._display] if self._display else []
        ids = [one for one in (self.native, *self._post_ids) if len(one) >= _SHORTEST_WORD]
        texts = self.quotable
        return sorted({one.lower() for one in (*names, *words, *ids, *texts)})

    @property
    def _display(self) -> str | None:
        """The name that it shows, if that is more than a first name."""
        name = " ".join((self.account.display_name or "").split())
        return name if len(name) >= 8 and " " in name else None

    @cached_property
    def _post_ids(self) -> set[str]:
        keys = self.account.post_keys
        return {re.split(r"[:/]", key)[-1].lower() for key in keys}

    @cached_property
    def _pages(self) -> set[str]:
        found = {*self.account.urls, *(key.partition(":")[2] for key in self.account.post_keys)}
        return {plain for url in found if "/" in (plain := _plain(url))}

    # --- names ------------------------------------------------------------------------------------

    @cached_property
    def _named(self) -> dict[bool, re.Pattern[str]]:
        return {here: re.compile("|".join(self._patterns(here)), re.I) for here in (True, False)}

    def _patterns(self, is_own_platform: bool) -> list[str]:
        found = [rf"(?<!\w){re.escape(self.account.key)}(?!\w)"]
        found += [
            rf"(?<![\w.+-]){_AT}{re.escape(name)}(?!\w|{_AT}\w)"
            for name in self.full
            if len(name) >= _FEWEST_LETTERS
        ]
        # Without its server a name is somebody's on this network, and perhaps nobody's on others.
        found += [
            rf"(?<![\w.+-]){_AT}{re.escape(name)}(?!\w|{_AT}\w)"
            for name in self.local
            if is_own_platform and len(name) >= _FEWEST_LETTERS
        ]
        found += [
            rf"(?<![\w#＃]){re.escape(name)}(?!\w)" for name in self.names if is_no_word(name)
        ]
        if len(self.native) >= _SHORTEST_WORD and self.native.lower() not in self.full:
            found.append(rf"(?<![\w#]){re.escape(self.native)}(?!\w)")
        if self._display:
            spaced = r"\s+".join(map(re.escape, self._display.split()))
            found.append(rf"(?<!\w){spaced}(?!\w)")
        return found

    def unnamed(self, text: str, *, platform: str | None = None) -> str:
        """Return a text without names of the account and links to it.

        platform: where it was written; None: here, as letters and evidence are.
        """
        named = self._named[platform is None or platform == self.platform]
        parts, end = [], 0
        for link in _LINK.finditer(text):  # what leads elsewhere is left whole
            parts.append(named.sub(self._blanked, text[end : link.start()]))
            parts.append(BLANK if self.is_link(link[0]) else link[0])
            end = link.end()
        return "".join([*parts, named.sub(self._blanked, text[end:])])

    def _blanked(self, found: re.Match[str]) -> str:
        if found[0].lower() == self.account.key.lower():
            return f"{self.platform}:{BLANK}"
        return f"@{BLANK}" if found[0][0] in "@＠﹫" else BLANK

    def is_link(self, url: str) -> bool:
        """Return whether an address leads to the account's page or to a post of it."""
        if _plain(url) in self._pages or self._sure.search(unquote(url)):
            return True
        host, *rest = _SEGMENTS.split(
            unquote(url).partition("://")[2].lower() or unquote(url).lower()
        )
        host = host.removeprefix("www.").removeprefix("m.").removeprefix("mobile.").split(":")[0]
        is_home = host in self.servers or host in HOSTS.get(self.platform, ())
        for segment in rest:
            name = segment.removeprefix("@").rstrip(".,;:!?)…")
            if name in self.full and (is_home or "@" in name or is_no_word(name)):
                return True
            if is_home and (name in self.local or name == self.native.lower()):
                return True
            if (
                (is_home or len(name) >= 13)
                and name in self._post_ids
                and len(name) >= _SHORTEST_WORD
            ):
                return True
            if name.startswith("did:") and name == self.native.lower():
                return True
        return False

    def owns(self, key: str | None) -> bool:
        """Return whether the key of a post says that it is the account's."""
        if key is None:
            return False
        platform, _, native = key.partition(":")
        if native.startswith("at://"):
            return native.split("/")[2].lower() == self.native.lower()
        return platform == self.platform and "://" in native and self.is_link(native)

    # --- words ------------------------------------------------------------------------------------

    @cached_property
    def _sure(self) -> re.Pattern[str]:
        names = [re.escape(name) for name in self.names if is_no_word(name)]
        return re.compile(rf"(?<!\w)(?:{'|'.join(names) or _NEVER})(?!\w)", re.I)

    @cached_property
    def quotable(self) -> list[str]:
        """Its texts as others may have them: one space between words, no tags at the end."""
        found = {core(text) for text in self.account.texts}
        return sorted(
            (text for text in found if len(text) >= 16 and text.count(" ") >= 2),
            key=lambda text: (-len(text), text),
        )

    def are_in(self, text: str) -> bool:
        """Return whether a text speaks of the account: any name as a word, or its words."""
        if any(probe in text.lower() for probe in self.probes) and (
            self._word.search(text) or self.unnamed(text) != text
        ):
            return True
        return bool(self.account.texts) and self.unworded(text) != text

    @cached_property
    def _word(self) -> re.Pattern[str]:
        names = [re.escape(name) for name in self.names if len(name) >= _FEWEST_LETTERS]
        return re.compile(rf"(?<!\w)(?:{'|'.join(names) or _NEVER})(?!\w)", re.I)

    @cached_property
    def _retold(self) -> re.Pattern[str]:
        names = "|".join(re.escape(name) for name in self.names) or _NEVER
        return re.compile(rf"\b(?:RT|QT|MT)\s+{_AT}(?:{names})(?!\w).*", re.I | re.S)

    def unquoted(self, text: str, quoted: Iterable[str]) -> str:
        """Return a text without those words of the account, and without what follows `RT @name`."""
        text = self._retold.sub(f"RT @{BLANK}: {BLANK}", text)
        for words in quoted:
            text = _quotation(words).sub(BLANK, text)
        return text

    @cached_property
    def _runs(self) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
        runs: set[tuple[str, ...]] = set()
        short: set[tuple[str, ...]] = set()
        for text in self.account.texts:
            words = _words(text)
            if len(words) == _RUN - 1:
                short.add(tuple(words))
            runs.update(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
        return runs, short

    def unworded(self, text: str) -> str:
        """Return a letter without the account's words, also where it cut them off or wrapped them.

        Every run of three words that the account wrote goes, and texts of two words; a word that
        was cut off behind them, too.
        """
        found = list(_WORDS.finditer(_ENTITY.sub(_spaces, text)))
        words = [match[0].lower() for match in found]
        runs, short = self._runs
        gone = [False] * len(words)
        for length in {_RUN, *(len(one) for one in short)}:
            wanted = runs if length == _RUN else short
            for at in range(len(words) - length + 1):
                if tuple(words[at : at + length]) in wanted:
                    gone[at : at + length] = [True] * length
        for at in range(1, len(words)):
            if gone[at - 1] and text[found[at].end() : found[at].end() + 1] == BLANK:
                gone[at] = True
        parts, end = [], 0
        for match, is_gone in zip(found, gone, strict=True):
            if is_gone:
                parts += [text[end : match.start()], BLANK]
                end = match.end()
        return "".join([*parts, text[end:]])


def quotes(text: str, words: str) -> bool:
    """Return whether a text has these words, and not only their beginning in a longer word."""
    return _quotation(words).search(text) is not None


@lru_cache(maxsize=4_096)
def _quotation(words: str) -> re.Pattern[str]:
    spaced = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.I)


def is_no_word(name: str) -> bool:
    """Return whether a name stands for an account also where no sign says so."""
    return (len(name) >= _SHORTEST_WORD and not name.isalpha()) or len(name) >= _LONGEST_WORD


def _plain(url: str) -> str:
    """Return an address without what does not matter."""
    plain = url.lower().partition("://")[2] or url.lower()
    return re.split(r"[?#]", plain.removeprefix("www."))[0].rstrip("/.,;:!?)…")


def core(text: str) -> str:
    """Return a text with single spaces, without names before it and tags and links behind it.

    >>> core("@ana  Air mati lagi di  RW 05 #AirBersih https://a.example/1")
    'Air mati lagi di RW 05'
    """
    words = text.split()
    while words and words[0][0] in "@＠":
        words.pop(0)
    while words and (words[-1][0] in "#＃@＠" or "://" in words[-1]):
        words.pop()
    return " ".join(words)


def _words(text: str) -> list[str]:
    from monitor.letters.words import masked

    return [word.lower() for word in _WORDS.findall(masked(text, limit=5_000))]


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])
