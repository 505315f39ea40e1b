"""Secrets by reference: read where the operator put them, and kept out of all that is written."""

from __future__ import annotations

import base64
import html
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_letters, digits
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

from monitor.errors import ConfigError

REDACTED = "[redacted]"
# What looks like a secret whoever it belongs to: in addresses, in JSON, in headers.
_NAMES = (
    r"(?:access_?token|refresh_?(?:token|jwt)|access_?jwt|api_?key|app_?password|client_secret"
    r"|password|authorization)"
)
_LOOKS_SECRET = re.compile(
    # Misskey's token is called `i`.
    rf"(?P<before>[?&](?:amp;)?(?:{_NAMES}|key|token|sig|signature|i)="
    rf'|"{_NAMES}"\s*:\s*"'
    rf"|\b(?:Bearer|Basic|AUTH (?:PLAIN|LOGIN))\s+"
    rf"|\b(?:Set-)?Cookie:\s*[^\s=;]+=)"
    rf'(?P<secret>[^&\s;"\'\\<>]+)'
    # A token that a server made for us, and that nobody put anywhere (RFC 7519).
    r"|(?P<token>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)",
    re.IGNORECASE,
)
BESIDE = "secrets.env"  # beside config.toml: NAME=value, one a line
_SHORTEST = 6  # shorter values are words, and would blank half of what is said
_LONGEST_WORD = 15  # letters, and nothing but letters
_BASE64 = "".join((ascii_letters, digits, "+/_-"))
_PACKED = r"[A-Za-z0-9+/_-]"
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
        _forms.cache_clear()
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
    """Blank what was read as a secret, and what looks like one, in words about an error.

    Also a part of one, from its beginning: who quotes a request cuts it off somewhere.

    >>> redact("GET /search?q=tagar&key=AIza123&x=1")
    'GET /search?q=tagar&key=[redacted]&x=1'
    >>> redact('{"next": "https://a.example/?access_token=abc", "text": "kata kunci"}')
    '{"next": "https://a.example/?access_token=[redacted]", "text": "kata kunci"}'
    """
    if _known:
        forms = _forms()
        text = forms.begun.sub(REDACTED, _blanked(text, forms.all))
    return _LOOKS_SECRET.sub(lambda found: f"{found['before'] or ''}{REDACTED}", text)


def blank(text: str) -> str:
    """Blank what was read as a secret, however it is written, in what anybody may have written.

    A password that is a word stays: it would be blanked wherever people use the word.
    """
    return _blanked(text, _forms().sure) if _known else text


def known(*, in_posts: bool) -> str | None:
    """Return a pattern, for Polars and DuckDB, of the secrets that were read; None: there is none.

    in_posts: of those that nobody writes by chance, as `blank` has them.
    """
    forms = (_forms().sure if in_posts else _forms().all) if _known else ()
    return "|".join(one.pattern for one in forms) or None


def blank_within(value: Any) -> Any:
    """Redact all texts within a value of JSON."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list | tuple):
        return [blank_within(one) for one in value]
    if isinstance(value, Mapping):
        return {key: blank_within(one) for key, one in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a secret."""

    text: str
    is_packed: bool = False  # in base64, where the case of a letter matters

    @property
    def pattern(self) -> str:
        found = "".join(_literal(one) for one in self.text)
        return f"{_PACKED}*{found}{_PACKED}*=*" if self.is_packed else f"(?i:{found})"


class _Forms(NamedTuple):
    sure: tuple[_Form, ...]  # of secrets that are no word
    all: tuple[_Form, ...]
    begun: re.Pattern[str]  # a part of one


@cache
def _forms() -> _Forms:
    secrets = sorted(_known, key=len, reverse=True)
    return _Forms(
        _forms_of([one for one in secrets if len(one) > _LONGEST_WORD or not one.isalpha()]),
        _forms_of(secrets),
        re.compile("|".join(map(_begun, secrets))),
    )


def _forms_of(secrets: Iterable[str]) -> tuple[_Form, ...]:
    plain = {form for secret in secrets for form in _spelt(secret)}
    packed = {form for secret in secrets for form in _packed(secret)}
    return (
        *(_Form(form) for form in sorted(plain, key=len, reverse=True)),
        *(_Form(form, is_packed=True) for form in sorted(packed)),
    )


def _blanked(text: str, forms: Iterable[_Form]) -> str:
    # First whether it is there at all: texts are long and many, and have none.
    for form in forms:
        if form.is_packed:
            if form.text in text:
                text = _unpacked(text, form.text)
        elif form.text.lower() in text.lower():
            text = re.sub(re.escape(form.text), REDACTED, text, flags=re.IGNORECASE)
    return text


def _unpacked(text: str, form: str) -> str:
    """Blank a form of base64 with all of the base64 around it, which has the user's name."""
    while (at := text.find(form)) >= 0:
        start, end = at, at + len(form)
        while start and text[start - 1] in _BASE64:
            start -= 1
        while end < len(text) and text[end] in _BASE64 + "=":
            end += 1
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text


def _literal(character: str) -> str:
    """Escape a character for any engine."""
    if character.isalnum() and character.isascii():
        return character
    return f"\\{character}" if character in "^\\[]&~-" else f"[{character}]"


def _spelt(secret: str) -> Iterator[str]:
    """Return a secret as it stands in text, addresses, JSON, HTML, and as hex digits."""
    yield secret
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield json.dumps(secret)[1:-1].replace("/", "\\/")  # as PHP and others write it
    yield from (html.escape(secret), html.escape(secret, quote=False))
    yield secret.encode().hex()


def _packed(secret: str) -> Iterator[str]:
    """Return what base64 makes of a secret that something stands before, as a user name does.

    Three bytes are four characters, so what stands before shifts it in one of three ways; those
    characters at the edges that also depend on the neighbours are left out.
    """
    for before, skipped in ((0, 0), (1, 2), (2, 3)):
        raw = b"\0" * before + secret.encode()
        form = base64.b64encode(raw).decode()[skipped : len(raw) * 8 // 6]
        yield form
        yield form.replace("+", "-").replace("/", "_")


def _begun(secret: str) -> str:
    """Return a pattern of the first third of a secret, not fewer than six characters, and its rest.

    Of the rest it may have less, or something else where a letter was changed.
    """
    least = max(_SHORTEST, len(secret) // 3)
    return rf"{re.escape(secret[:least])}[^\s\"'<>&;,]{{0,{len(secret) - least}}}"


def redact_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """Redact each text of a log line (a processor of structlog)."""
    return {
        key: redact(str(value)) if isinstance(value, str | Exception) else value
        for key, value in event.items()
    }
