"""Secrets by reference: read where the operator put them, and kept out of all that is written."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError

REDACTED = "[redacted]"

# What looks like a secret whoever it belongs to: in addresses, in JSON, in headers.
_NAMES = (
    r"(?:access_?token|refresh_?(?:token|jwt)|access_?jwt|api_?key|app_?password|client_secret"
    r"|password|authorization)"
)
_LOOKS_SECRET = re.compile(
    rf"(?P<before>[?&](?:{_NAMES}|key|token|sig|signature)="
    rf'|"{_NAMES}"\s*:\s*"'
    rf"|\bBearer\s+)"
    rf'(?P<secret>[^&\s"\'\\<>]+)',
    re.IGNORECASE,
)
BESIDE = "secrets.env"  # beside config.toml: NAME=value, one a line
_SHORTEST = 6  # shorter values are words, and would blank half of what is said

_known: set[str] = set()  # of this process, which has read them


def read(
    variable: str,
    *,
    key: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Read a secret: `VAR`, the file that `VAR_FILE` names, or systemd's credential `VAR`.

    Or `VAR=…` in `secrets.env` in `folder`, where config.toml is: so that a command finds what the
    service finds. https://systemd.io/CREDENTIALS/. Raises `ConfigError` naming variable and key.
    """
    environment = os.environ if environment is None else environment
    value = environment.get(variable, "") or _from_file(variable, key, environment)
    if not value and folder is not None:
        value = _beside(variable, key, folder / BESIDE)
    if not value:
        raise ConfigError(
            f"{key} names the environment variable {variable}, which is not set: "
            f"set it, write it into {BESIDE} beside config.toml, or put the secret into a "
            f"file and name that in {variable}_FILE"
        )
    if len(value) >= _SHORTEST:
        _known.add(value)
    return value


def _from_file(variable: str, key: str, environment: Mapping[str, str]) -> str:
    named, credentials = (
        environment.get(f"{variable}_FILE"),
        environment.get("CREDENTIALS_DIRECTORY"),
    )
    if named:
        path, what = Path(named), f"{variable}_FILE (for {key}) names {named}"
    elif credentials and (Path(credentials) / variable).exists():
        path, what = Path(credentials) / variable, f"the credential {variable} (for {key})"
    else:
        return ""
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise ConfigError(f"{what}: cannot be read: {reason}") from None
    if not value:
        raise ConfigError(f"{what}: is empty: write the secret into it")
    return value


def _beside(variable: str, key: str, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ConfigError(
            f"{path} (for {key}): cannot be read: {reason}: let this user's group read it "
            f"(chgrp, chmod 640), or set {variable}"
        ) from None
    return assignments(text).get(variable, "")


_LINE = re.compile(
    r"""[ \t]*(?:
        [#;](?:[^\n\\]|\\.)*                                                    # a comment
        | (?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*
          (?P<value>(?:'[^']*'[ \t]*|"(?:[^"\\]|\\.)*"[ \t]*)*(?:[^\n\\]|\\.)*)
        | [^\n]*                                                              # no assignment
    )(?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(
    r"""'(?P<single>[^']*)'[ \t]*|"(?P<double>(?:[^"\\]|\\.)*)"[ \t]*|(?P<plain>.+)""", re.DOTALL
)


def assignments(text: str) -> dict[str, str]:
    r"""Read `NAME=value` lines as systemd's EnvironmentFile= does; nothing is run or replaced.

    Only a backslash and quotes at the beginning mean something (`man systemd.exec`).

    >>> assignments("# mail\nMAIL_PASSWORD=a b;c$(d)&e#f'g\nX='it is' \n")
    {'MAIL_PASSWORD': "a b;c$(d)&e#f'g", 'X': 'it is'}
    """
    found = {}
    for line in _LINE.finditer(text):
        if line["name"] is not None:
            pieces = _PIECE.finditer(line["value"])
            found[line["name"]] = "".join(_unquoted(piece) for piece in pieces)
    return found


def _unquoted(piece: re.Match[str]) -> str:
    if piece["single"] is not None:
        return piece["single"]
    if piece["double"] is not None:
        kept = re.sub(r'\\(["\\`$])', r"\1", piece["double"])
        return kept.replace("\\\n", "")
    # What is escaped stays, also a space at the end; an escaped end of line goes.
    plain = re.sub(r"(?<!\\)((?:\\\\)*)[ \t]+\Z", r"\1", piece["plain"])
    return re.sub(r"\\(.)", lambda one: "" if one[1] == "\n" else one[1], plain, flags=re.DOTALL)


def redact(text: str) -> str:
    """Blank what was read as a secret, and what looks like one.

    >>> redact("GET /search?q=tagar&key=AIza123&x=1")
    'GET /search?q=tagar&key=[redacted]&x=1'
    >>> redact('{"next": "https://a.example/?access_token=abc", "text": "kata kunci"}')
    '{"next": "https://a.example/?access_token=[redacted]", "text": "kata kunci"}'
    """
    for secret in _known:
        if secret in text:
            text = text.replace(secret, REDACTED)
    return _LOOKS_SECRET.sub(rf"\g<before>{REDACTED}", text)


def redact_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """Redact each text of a log line (a processor of structlog)."""
    return {
        key: redact(str(value)) if isinstance(value, str | Exception) else value
        for key, value in event.items()
    }
