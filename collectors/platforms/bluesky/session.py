"""A session at a server of Bluesky's, opened with an app password and kept alive.

https://docs.bsky.app/docs/api/com-atproto-server-create-session: 30 in five minutes, 300 a day.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from collectors.errors import AccessRefusedError, CollectorError, PayloadError
from collectors.http import Answer, PoliteClient
from collectors.said import quoted

_CREATE = "/xrpc/com.atproto.server.createSession"
_REFRESH = "/xrpc/com.atproto.server.refreshSession"
_REFUSED = frozenset({400, 401})
# A token lives two hours: it ends in the middle of a crawl, with status 400.
_EXPIRED = frozenset({"ExpiredToken", "InvalidToken"})


class _Tokens(msgspec.Struct, frozen=True, rename="camel"):
    access_jwt: str
    refresh_jwt: str


class Refusal(msgspec.Struct, frozen=True):
    """What a server of this network says when it refuses: https://atproto.com/specs/xrpc."""

    error: str = ""
    message: str = ""

    def __str__(self) -> str:
        """Return it as the server's words."""
        said = quoted(": ".join(part for part in (self.error, self.message) if part))
        return f"the server says {said}" if said else ""


def refusal_in(answer: Answer) -> Refusal:
    """Read why a server refuses."""
    try:
        return msgspec.convert(answer.payload, Refusal)
    except msgspec.ValidationError:
        return Refusal()


class Session:
    """Asks as one account. Its tokens are kept in memory only, and go to this server only."""

    def __init__(self, client: PoliteClient, *, handle: str, password: str) -> None:
        self._client, self._handle, self._password = client, handle, password
        self._tokens: _Tokens | None = None

    @property
    def host(self) -> str:
        """The server's name."""
        return self._client.host

    def close(self) -> None:
        """Let go of the connections; a request in another thread ends at once."""
        self._client.close()

    def get(self, path: str, params: Mapping[str, str | int]) -> Answer:
        """Ask, with a token that is renewed when it has expired. Raises `CollectorError`."""
        tokens = self._tokens or self._open()
        answer = self._ask(path, params, tokens)
        if answer.status in _REFUSED and refusal_in(answer).error in _EXPIRED:
            answer = self._ask(path, params, self._renew(tokens))
        if answer.status in _REFUSED:
            raise self._error(answer, path)
        return answer

    def _ask(self, path: str, params: Mapping[str, str | int], tokens: _Tokens) -> Answer:
        headers = {"Authorization": f"Bearer {tokens.access_jwt}"}
        return self._client.get_json(path, params, headers=headers, allow=_REFUSED)

    def _open(self) -> _Tokens:
        who = {"identifier": self._handle, "password": self._password}
        answer = self._client.post_json(_CREATE, who, allow=_REFUSED)
        if answer.status in _REFUSED:
            raise self._error(answer, _CREATE)
        return self._keep(answer)

    def _renew(self, tokens: _Tokens) -> _Tokens:
        """Give new tokens for the old; a session that cannot be renewed is opened anew."""
        headers = {"Authorization": f"Bearer {tokens.refresh_jwt}"}
        answer = self._client.post_json(_REFRESH, None, headers=headers, allow=_REFUSED)
        return self._open() if answer.status in _REFUSED else self._keep(answer)

    def _keep(self, answer: Answer) -> _Tokens:
        try:
            self._tokens = msgspec.convert(answer.payload, _Tokens)
        except msgspec.ValidationError as error:
            # What was answered may hold a token: it is not shown.
            raise PayloadError(f"{self.host}: a session of an unknown shape") from error
        return self._tokens

    def _error(self, answer: Answer, path: str) -> CollectorError:
        refusal = refusal_in(answer)
        said = str(refusal)
        told = f"{self.host}: {path} answered {answer.status}" + (f": {said}" if said else "")
        if answer.status != 401 and refusal.error not in _EXPIRED:
            return PayloadError(told)
        self._tokens = None
        return AccessRefusedError(
            f"{told}; make an app password at {self.host} for the account that "
            f"collectors.bluesky.handle names, and put it into the variable that password_env names"
        )
