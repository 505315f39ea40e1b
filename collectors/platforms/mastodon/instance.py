"""What a server says of itself: its software, and to whom it shows hashtag timelines."""

from __future__ import annotations

import re

import msgspec

from collectors.collector import SourceReport
from collectors.errors import PayloadError
from collectors.said import one_line, quoted

_ACCESS = frozenset({"public", "authenticated", "disabled"})


class _Feeds(msgspec.Struct, frozen=True):
    local: str | None = None
    remote: str | None = None


class _TimelinesAccess(msgspec.Struct, frozen=True):
    hashtag_feeds: _Feeds = _Feeds()


class _Urls(msgspec.Struct, frozen=True):
    streaming: str | None = None


class _Configuration(msgspec.Struct, frozen=True):
    urls: _Urls = _Urls()
    timelines_access: _TimelinesAccess = _TimelinesAccess()  # since 4.5


class Instance(msgspec.Struct, frozen=True):
    """https://docs.joinmastodon.org/entities/Instance/"""

    version: str
    configuration: _Configuration = _Configuration()

    @property
    def software(self) -> str:
        """The software and its version."""
        compatible = re.search(r"\(compatible; ([^)]+)\)", self.version)
        written = compatible[1] if compatible else f"Mastodon {self.version}"
        return one_line(written, 60)

    @property
    def access(self) -> str:
        """To whom hashtag timelines are shown, in words."""
        feeds = self.configuration.timelines_access.hashtag_feeds
        if feeds.local == feeds.remote:
            return f"hashtag timelines {_word(feeds.local)}"
        return (
            f"hashtag timelines: local posts {_word(feeds.local)}, "
            f"posts of other servers {_word(feeds.remote)}"
        )

    def closed_to(self, *, has_token: bool) -> bool:
        """Tell whether a part of the hashtag timelines is not shown to us."""
        feeds = self.configuration.timelines_access.hashtag_feeds
        closed = {"disabled"} if has_token else {"disabled", "authenticated"}
        return not closed.isdisjoint({feeds.local, feeds.remote})

    @property
    def is_disabled(self) -> bool:
        """Tell whether no token would help."""
        feeds = self.configuration.timelines_access.hashtag_feeds
        return "disabled" in (feeds.local, feeds.remote)


def _word(said: str | None) -> str:
    if said is None:
        return "not declared"
    return said if said in _ACCESS else quoted(said, 20)


def instance_of(payload: object, host: str) -> Instance:
    """Read the instance document, v2 or v1. Raises `PayloadError`."""
    try:
        return msgspec.convert(payload, Instance)
    except msgspec.ValidationError as error:
        raise PayloadError(f"{host}: its instance document is unknown: {error}") from error


def report_of(source: str, instance: Instance, *, has_token: bool) -> SourceReport:
    """Report on a server that answered."""
    host = source.partition("/")[2]
    summary = f"{host}, {instance.software}, {instance.access}"
    if not instance.closed_to(has_token=has_token):
        return SourceReport(source, summary)
    if instance.is_disabled:
        return SourceReport(source, summary, f"ask another server than {host}: no token helps")
    return SourceReport(source, summary, token_advice(has_token=has_token))


def token_advice(*, has_token: bool) -> str:
    """Tell the operator what to do about a refusal."""
    if has_token:
        return "check the token that collectors.mastodon.token_env names"
    return "set collectors.mastodon.token_env to an environment variable that holds a token"
