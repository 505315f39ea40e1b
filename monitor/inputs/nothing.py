"""A target of which the store has nothing: probably another word was meant."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.errors import OperatorError
from monitor.nearest import did_you_mean
from monitor.store import Store
from monitor.store.queries import Selection

# A word that stands in fewer posts than the commonest so many is hardly what somebody meant.
_COMMONEST = 20_000


class NothingStoredError(OperatorError):
    """The store has no post of a target; the message says what may have been meant."""


def expect_posts(store: Store, name: str, hashtags: Sequence[str]) -> None:
    """Make sure that there is any post. Raises `NothingStoredError`."""
    if not store.tags.has_any(Selection(hashtags=tuple(hashtags))):
        raise nothing_stored(store, name, hashtags)


def nothing_stored(store: Store, name: str, hashtags: Sequence[str]) -> NothingStoredError:
    """Give the error, with the nearest hashtag that there is.

    name: of the target, as it was asked for; hashtags: its own, in their one spelling.
    """
    near = ""
    if len(hashtags) == 1:
        known = store.tags.commonest(_COMMONEST)
        near = did_you_mean(hashtags[0], (f"#{tag}" for tag in known))
    remedy = "collect with `gaung once` or bring in a file with `gaung import`"
    return NothingStoredError(
        f"{name}: there is no such post in the store yet"
        + (f"{near} Otherwise {remedy}" if near else f": {remedy}")
    )
