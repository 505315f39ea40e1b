"""What the operator says about YouTube."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

_REGION = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section `[collectors.youtube]`.

    key_env: the environment variable that holds an API key of a Google Cloud project in which
        'YouTube Data API v3' is enabled. Without it YouTube is not asked.
    searches_per_day: what the project may search in a day, which ends at midnight Pacific time.
        Each page of 50 videos is a search; they are spread over the day.
    region: only videos that can be seen in this country, as 'ID'; '' for any.
    language: prefer videos of this language, as 'id'; '' for any.
    seconds_between_requests: the pause between two requests.
    """

    key_env: str | None = None
    searches_per_day: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 100
    region: str = "ID"
    language: str = "id"
    seconds_between_requests: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot work, in words for the operator."""
        if self.key_env is not None and not self.key_env.strip():
            raise ValueError("key_env is empty: name the variable that holds the key, or leave it")
        if self.region and not _REGION.fullmatch(self.region):
            raise ValueError(f"region: {self.region!r} is no country code, as 'ID'; '' for any")
        if self.language and not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"language: {self.language!r} is no language code, as 'id'")
