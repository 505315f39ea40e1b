"""What accounts are called in what leaves this machine: a stable name that is not theirs.

Public figures keep their names: whom the operator lists, and accounts above a set number of
followers. All others get a pseudonym, the same one everywhere, that nobody without this store's
salt can lead back to them or recompute from a list of handles.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from analysis.graphs.accounts import account_of

# Where a name in an address is an account's.
HOSTS = {
    "x": ("x.com", "twitter.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com"),
    "bluesky": ("bsky.app", "bsky.social"),
    "telegram": ("t.me", "telegram.me"),
    "threads": ("threads.net", "threads.com"),
    "tiktok": ("tiktok.com",),
    "instagram": ("instagram.com",),
    "facebook": ("facebook.com", "fb.com"),
    "youtube": ("youtube.com", "youtu.be"),
    "nostr": ("njump.me", "primal.net", "snort.social"),
}
# Where an address leads to somebody's post or page; and below: m.facebook.com, ana.tumblr.com.
SOCIAL = tuple(sorted({
    *(host for hosts in HOSTS.values() for host in hosts),
    "discord.gg", "fb.me", "fb.watch", "instagr.am", "iris.to", "line.me", "linkedin.com",
    "linktr.ee", "lnkd.in", "medium.com", "nostr.band", "pinterest.com", "reddit.com", "t.co",
    "telegram.dog", "tumblr.com", "vk.com", "wa.me", "whatsapp.com",
}))  # fmt: skip
# What names an account anywhere in an address: a sign, a folder, a key of AT or of Nostr.
PERSONAL = (
    r"@|%40|/users?/|/u/|did:[a-z]+:|did%3a|n(pub|profile|ote|event|addr)1[02-9ac-hj-np-z]{4}"
)
# Whose sources are called by the account that is read: on Telegram a channel is the author.
SOURCES_OF_ACCOUNTS = ("telegram",)
_LETTERS = 7  # 35 bits: 10,000 accounts share a name with a chance of 1 in 700


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account beside its key."""

    handle: str | None = None
    followers: int | None = None  # that make it public: as its home has said for a day or more
    # Whether the handle is more than another server's word: who lists it means its owner.
    is_its_handle: bool = True


@dataclass(frozen=True, slots=True)
class Who:
    """An account as it is shown."""

    account: str  # the platform's id, or a pseudonym
    handle: str | None  # null: it has none, or must not be told

    @property
    def name(self) -> str:
        """What people call it."""
        return self.handle or self.account

    @property
    def shown(self) -> str:
        """What people call it, with an @ where that is a handle."""
        return f"@{self.handle}" if self.handle else self.account


def who(key: str, known: Known | None = None, naming: Naming | None = None) -> Who:
    """Name an account by its key. naming: with it, only public figures keep their names.

    >>> who("mastodon/a.id:@ana").shown, who("x:1").shown, who("x:1", Known("ana")).shown
    ('@ana', '1', '@ana')
    """
    known = known or Known()
    if naming is not None and not naming.is_public(key, known):
        return Who(naming.pseudonym(key), None)
    account = account_of(key)
    return Who(account, known.handle or (account if ":@" in key else None))


@dataclass(frozen=True, slots=True)
class Naming:
    """Names accounts. `public`: handles or keys, in lower case, without a leading @."""

    salt: str
    public: frozenset[str] = frozenset()
    public_from: int | None = None  # followers; None: nobody is public by number

    @classmethod
    def of(cls, salt: str, public: Iterable[str], public_from: int) -> Naming:
        """Make one of the settings; 0: nobody is public by number."""
        return cls(salt, frozenset(p.lower().lstrip("@") for p in public), public_from or None)

    def is_public(self, key: str, known: Known) -> bool:
        """Tell whether an account is a public figure's."""
        names = {key.lower(), key.lower().partition(":@")[2]}
        if known.is_its_handle:
            names.add((known.handle or "").lower())
        if (names - {""}) & self.public:
            return True
        enough = self.public_from
        return enough is not None and known.followers is not None and known.followers >= enough

    def name(self, key: str, known: Known | None = None) -> str:
        """Give an account's handle if it is public, else its pseudonym.

        >>> naming = Naming.of("garam", ["@bupati"], public_from=100_000)
        >>> naming.name("x:1"), naming.name("x:1", Known("ana", 12))
        ('akun-hvssbco', 'akun-hvssbco')
        >>> naming.name("x:2", Known("Bupati")), naming.name("x:3", Known("artis", 2_000_000))
        ('@Bupati', '@artis')
        """
        return who(key, known, self).shown

    def source(self, name: str) -> str:
        """Return a source as it is called outside: one that is an account has its pseudonym.

        >>> naming = Naming.of("garam", ["@pemda"], public_from=0)
        >>> naming.source("mastodon/a.example"), naming.source("telegram/Pemda")
        ('mastodon/a.example', 'telegram/Pemda')
        >>> naming.source("telegram/kanal") == f"telegram/{naming.pseudonym('telegram:@kanal')}"
        True
        """
        network, _, of = name.partition("/")
        if network in SOURCES_OF_ACCOUNTS:
            key = f"{network}:@{of.lower()}"
            return name if self.is_public(key, Known()) else f"{network}/{self.pseudonym(key)}"
        return f"{network}/…" if re.search(PERSONAL, name, re.IGNORECASE) else name

    def pseudonym(self, key: str, *, letters: int = _LETTERS) -> str:
        """Give a name that is always the same, and not the account's own.

        letters: more of them where many accounts stand together; it begins the same.
        """
        return f"akun-{self.keyed(key, letters=letters)}"

    def keyed(self, value: str, *, letters: int) -> str:
        """Give letters that stand for a value, which nobody without the salt can recompute."""
        digest = hmac.digest(self.salt.encode(), value.encode(), "sha256")
        return base64.b32encode(digest).decode().lower()[:letters]


def plain_if_personal(address: str) -> str:
    """Leave out which page of a social platform it was: the address names its owner.

    >>> plain_if_personal("https://x.com/ana/status/1"), plain_if_personal("https://air.id/a")
    ('x.com/…', 'https://air.id/a')
    """
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # no address: what it says is anybody's guess
        return "…"
    under = next((site for site in SOCIAL if host == site or host.endswith(f".{site}")), None)
    if under is None and not re.search(PERSONAL, address, re.IGNORECASE):
        return address
    if re.search(PERSONAL, host, re.IGNORECASE):
        return "…"
    # Of a page below a platform's name, that may be its owner's: ana.tumblr.com.
    return f"{under or host}/…"
