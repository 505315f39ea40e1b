"""What is wrong with a configuration that its types cannot say."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from collectors import hashtags
from monitor.config.settings import Config
from monitor.nearest import did_you_mean, one_of
from monitor.reader import Quiet, mailbox

_NAME = re.compile(r"[\w][\w.-]*")


def problems_of(config: Config) -> list[str]:
    """Find what types cannot say, each with its key first."""
    problems: list[str] = []
    if not _is_zone(config.timezone):
        problems.append(
            f"timezone: there is no time zone {config.timezone!r}{_zone_near(config.timezone)}"
        )
    names: set[str] = set()
    known = set(msgspec.structs.asdict(config.collectors))
    for index, watch in enumerate(config.watches):
        at = f"watches[{index}]"
        if not _NAME.fullmatch(watch.name):
            problems.append(f"{at}.name: use letters, digits, - and _, not {watch.name!r}")
        if watch.name in names:
            problems.append(f"{at}.name: there are two watches named {watch.name!r}")
        names.add(watch.name)
        for raw in watch.hashtags:
            if hashtags.normalize(raw) is None:
                problems.append(f"{at}.hashtags: {raw!r} is no hashtag")
        problems.extend(
            f"{at}.sources: there is no source {source!r}{one_of(source, sorted(known))}"
            for source in watch.sources
            if source not in known
        )
        if watch.every < timedelta(minutes=1):
            problems.append(f"{at}.every: must be at least 1m, out of courtesy to the servers")
    problems.extend(_reader_problems(config))
    problems.extend(_retention_problems(config))
    if config.mail.security not in {"starttls", "tls", "none"}:
        problems.append("mail.security: write starttls, tls or none")
    if config.mail.server and not config.mail.sender:
        problems.append("mail.sender: the key is missing: the address that letters come from")
    return problems + _address_problems(config)


def _address_problems(config: Config) -> list[str]:
    """Find who cannot be written to: each letter to them would be given up at once."""
    given = [
        *(("alerts.recipients", one) for one in config.alerts.recipients),
        *(("digest.recipients", one) for one in config.digest.recipients),
        *(
            (f"watches[{index}].recipients", one)
            for index, watch in enumerate(config.watches)
            for one in watch.recipients
        ),
        *((f"people[{index}].address", one.address) for index, one in enumerate(config.people)),
        *([("mail.sender", config.mail.sender)] if config.mail.sender else []),
    ]
    problems = []
    for key, text in given:
        try:
            mailbox(text)
        except ValueError as error:
            several = text.count("@") > 1 and re.search(r"[,;\s]", text)
            remedy = (
                'write each in quotes of its own: ["a@x.example", "b@x.example"]'
                if several and key.endswith("recipients")
                else "write for example humas@kantor.example"
            )
            problems.append(f"{key}: {error}: {remedy}")
    return problems


def _reader_problems(config: Config) -> list[str]:
    """Find what is wrong with quiet hours, and with those who have settings of their own."""
    problems = []
    quiet = [("alerts.quiet", config.alerts.quiet)]
    quiet += [(f"people[{i}].quiet", one.quiet or "") for i, one in enumerate(config.people)]
    for key, text in quiet:
        try:
            Quiet.parse(text)
        except ValueError as error:
            problems.append(f"{key}: {error}")
    seen: set[str] = set()
    for index, one in enumerate(config.people):
        if one.address in seen:
            problems.append(f"people[{index}].address: {one.address!r} is there twice")
        seen.add(one.address)
        if one.timezone is not None and not _is_zone(one.timezone):
            problems.append(
                f"people[{index}].timezone: there is no time zone {one.timezone!r}"
                f"{_zone_near(one.timezone)}"
            )
    return problems


def _zone_near(name: str) -> str:
    return did_you_mean(name, available_timezones()) or (
        ": write for example Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT)"
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    # Of this machine, none at all, or by another count of seconds: Polars knows none of these.
    return name not in ("Factory", "localtime") and not name.startswith(("posix/", "right/"))


def _retention_problems(config: Config) -> list[str]:
    keep = config.privacy.keep_posts
    if not keep:
        return []
    longest = max((watch.backfill for watch in config.watches), default=timedelta(0))
    longest = max(longest, config.collect.nightly)
    if keep >= longest:
        return []
    return [
        f"privacy.keep_posts: is shorter than what is read back ({longest.days}d): what is "
        f"taken out would be collected again; write at least {longest.days}d"
    ]
