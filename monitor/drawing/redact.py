"""What nodes are called in a graph that others will see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.naming import Known, Naming, plain_if_personal
from monitor.store import StoreFile


def names(
    naming: Naming,
    authors: Mapping[str, str],
    handles: Mapping[str, str],
    stores: StoreFile | None,
) -> dict[str, str]:
    """Give the names that nodes have outside. authors: the author key of each node.

    handles: of nodes, where they come from a file; then stores is None. A file is not asked for
    numbers of followers, so only listed figures keep their names there.
    """
    if stores is None:
        known = {authors[node]: Known(handle) for node, handle in handles.items()}
    else:
        with stores.open(read_only=True) as store:
            known = store.privacy.known_as(list(authors.values()))
    return {node: naming.name(key, known.get(key)) for node, key in authors.items()}


def link_names(links: Iterable[str]) -> dict[str, str]:
    """Give links as others may see them. links: without protocol."""
    return {link: plain_if_personal(f"//{link}").removeprefix("//") for link in links}
