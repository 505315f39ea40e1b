"""The nearest right word to one that there is not: one way of suggesting, everywhere."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that was probably meant; None if none is near.

    Case, a leading # and leading dashes do not count.

    >>> nearest("stauts", ["status", "sources"]), nearest("#indonesiaglap", ["IndonesiaGelap"])
    ('status', 'IndonesiaGelap')
    >>> nearest("xyz", ["status"]) is None
    True
    """
    import difflib  # only needed when something is wrong

    by_plain: dict[str, str] = {}
    for one in sorted(known):
        by_plain.setdefault(_plain(one), one)
    plain = _plain(word)
    close = difflib.get_close_matches(plain, by_plain, n=1)
    if not close and len(plain) >= 3:
        # The beginning of just one word is as good as the word.
        close = [one for one in by_plain if one.startswith(plain)]
        close = close if len(close) == 1 else []
    return by_plain[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'status'?`, or nothing if no word is near.

    >>> did_you_mean("stauts", ["status"])
    "; did you mean 'status'?"
    """
    close = nearest(word, known)
    return f"; did you mean {close!r}?" if close else ""


def one_of(word: str, known: Iterable[str], *, none: str = "there is none") -> str:
    """Give what follows an unknown word: the nearest right one, else all that there are.

    >>> one_of("newz", ["mastodon", "news"]), one_of("q", ["mastodon", "news"]), one_of("q", [])
    ("; did you mean 'news'?", ': there is mastodon, news', ': there is none')
    """
    words = list(known)
    if close := did_you_mean(word, words):
        return close
    return f": there is {', '.join(words)}" if words else f": {none}"


def _plain(word: str) -> str:
    return word.casefold().lstrip("-#＃")
