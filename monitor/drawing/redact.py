"""What nodes are called in a graph that others will see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.naming import Known, Naming, plain_if_personal
from monitor.store import StoreFile


def names(
    naming: Naming, keys: list[str], handles: Mapping[str, str], stores: StoreFile | None
) -> dict[str, str]:
    """Give the names that accounts have outside. stores: None if they come from a file.

    Of a file no numbers of followers are asked, so there only listed figures keep their names.
    """
    if stores is None:
        known = {key: Known(handles.get(key)) for key in keys}
    else:
        with stores.open(read_only=True) as store:
            known = store.privacy.known_as(keys)
    return {key: naming.name(key, known.get(key)) for key in keys}


def link_names(links: Iterable[str]) -> dict[str, str]:
    """Give links as others may see them. links: without protocol."""
    return {link: plain_if_personal(f"//{link}").removeprefix("//") for link in links}
