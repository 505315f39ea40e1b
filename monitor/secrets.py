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
_SHORTEST = 6  # shorter values are words, and would blank half of what is said

_known: set[str] = set()  # of this process, which has read them


def read(variable: str, *, key: str, environment: Mapping[str, str] | None = None) -> str:
    """Read a secret: `VAR`, the file that `VAR_FILE` names, or systemd's credential `VAR`.

    https://systemd.io/CREDENTIALS/. Raises `ConfigError` naming the variable and the key.
    """
    environment = os.environ if environment is None else environment
    value = environment.get(variable, "") or _from_file(variable, key, environment)
    if not value:
        raise ConfigError(
            f"{key} names the environment variable {variable}, which is not set: "
            f"set it, for example in the service's EnvironmentFile, or put the secret into a "
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
