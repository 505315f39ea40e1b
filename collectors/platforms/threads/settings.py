"""What the operator says about Threads."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.threads]`.

    token_env: the environment variable that holds a user's token of an app that Meta has approved
        for threads_keyword_search. Without it Threads is not asked.
    queries_per_day: what may be asked in 24 hours; Meta counts them per user over all apps.
    page_size: posts per question, at most 100.
    seconds_between_requests: the pause between two requests.
    """

    token_env: str | None = None
    queries_per_day: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 2200
    page_size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        if self.token_env is not None and not self.token_env.strip():
            raise ValueError("token_env is empty: name the variable that holds the token")
