"""The questions to one server, and what its refusals mean.

https://misskey-hub.net/en/docs/for-developers/api/
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from collectors.collector import PostRef
from collectors.errors import AccessRefusedError, CollectorError, PayloadError
from collectors.http import Answer, PoliteClient
from collectors.http.refusals import answered
from collectors.platforms.misskey.keys import PLATFORM

_REMEMBERED_IDS = 50_000
_ANSWERED = frozenset({400, 401, 402, 403, 404, 410, 422, 451})
_CLOSED = frozenset(
    {
        "CREDENTIAL_REQUIRED",
        "SIGNIN_REQUIRED",
        "CONTENT_RESTRICTED_BY_SERVER",
        "ACCESS_DENIED",
        "ROLE_PERMISSION_DENIED",
    }
)


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""


class _Refusal(msgspec.Struct, frozen=True):
    error: _Error


class _Meta(msgspec.Struct, frozen=True):
    """https://misskey.io/api-doc#tag/meta/operation/post___meta"""

    version: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal that tells something of what was asked for."""

    code: str


class Api:
    """Asks one server through its client. Closing it closes the client."""

    def __init__(self, host: str, client: PoliteClient) -> None:
        self.host = host
        self._client = client
        # Local ids by post key: to ask for a post by its uri needs an account.
        self._local_ids: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def ask(
        self, what: str, question: Mapping[str, object], *, unless: Collection[str] = ()
    ) -> Answer | Refused:
        """Ask. A refusal for one of the reasons in `unless` is an answer, too."""
        answer = self._client.post_json(f"/api/{what}", dict(question), allow=_ANSWERED)
        if 200 <= answer.status < 300:
            return answer
        said = _said(answer.payload)
        if said.code in unless:
            return Refused(said.code)
        raise _refusal(answer.status, said, told=f"{self.host}: {what}", host=self.host)

    def rows(
        self, what: str, question: Mapping[str, object], *, unless: Collection[str] = ()
    ) -> tuple[list[object], str] | None:
        """Ask for a list; give it with its address, or None if that is refused as in `unless`."""
        answer = self.ask(what, question, unless=unless)
        if isinstance(answer, Refused):
            return None
        if not isinstance(answer.payload, list):
            kind = type(answer.payload).__name__
            raise PayloadError(f"{answer.url}: a list was expected, {kind} came")
        return answer.payload, answer.url

    def software(self) -> str:
        """Ask the server what it is. Raises `CollectorError`."""
        answer = self.ask("meta", {"detail": False})
        try:
            version = msgspec.convert(getattr(answer, "payload", None), _Meta).version
        except msgspec.ValidationError as error:
            raise PayloadError(f"{self.host}: its description is unknown: {error}") from error
        return "".join(c for c in version if c.isprintable())[:60]

    def remember(self, ids: Iterable[tuple[str, str]]) -> None:
        """Keep by which local ids this server knows posts: pairs of post key and id."""
        for key, local_id in ids:
            self._local_ids.pop(key, None)
            self._local_ids[key] = local_id
        while len(self._local_ids) > _REMEMBERED_IDS:
            del self._local_ids[next(iter(self._local_ids))]

    def known_id(self, post: PostRef) -> str | None:
        """Give the id by which this server knows a post; None if it never said."""
        if self.is_own(post):
            return post.post_key.removeprefix(self._own)
        return self._local_ids.get(post.post_key)

    def is_own(self, post: PostRef) -> bool:
        """Tell whether a post was written on this server."""
        local_id = post.post_key.removeprefix(self._own)
        return local_id != post.post_key and local_id.isalnum()

    @property
    def _own(self) -> str:
        return f"{PLATFORM}:https://{self.host}/notes/"


def _said(payload: object) -> _Error:
    try:
        return msgspec.convert(payload, _Refusal).error
    except msgspec.ValidationError:
        return _Error()


def _refusal(status: int, said: _Error, *, told: str, host: str) -> CollectorError:
    told = answered(told, status, f"{said.code} {said.message}")
    if said.code in _CLOSED or status in (401, 402, 403, 404, 410, 451):
        return AccessRefusedError(
            f"{told}; see whether {host} is a Misskey server that shows its notes to visitors, "
            "or name another in collectors.misskey.servers"
        )
    return PayloadError(told)
