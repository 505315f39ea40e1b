"""Runs coordination-network-toolkit as its package brings it; by the Python of `.venv-peers`.

    toolkit.py POSTS.csv FOLDER WITHIN MIN_WEIGHT NETWORK...

NETWORK: repost, text, link. Writes FOLDER/NETWORK.csv (source, target, weight) without loops, and
prints a line of JSON: the seconds of reading the posts, and of each network, on two processes.

Without loops, because this version (1.5.2) pairs each post with itself, which adds loops and
nothing else. Posts without a link are given the link '' by it, so that all of them share it; these
rows are deleted before links are compared, outside the time that is taken.
"""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
import sys
import time
from pathlib import Path

from coordination_network_toolkit.compute_networks import (
    compute_co_link_network,
    compute_co_retweet_parallel,
    compute_co_tweet_network,
)
from coordination_network_toolkit.preprocess import preprocess_csv_files

_PROCESSES = 2
_NETWORKS = {
    "repost": (compute_co_retweet_parallel, "co_retweet_network"),
    "text": (compute_co_tweet_network, "co_tweet_network"),
    "link": (compute_co_link_network, "co_link_network"),
}


def main() -> None:
    """Read, compute, write."""
    posts, folder, within, min_weight, *names = sys.argv[1:]
    database = str(Path(folder) / "toolkit.db")
    seconds = {}
    with contextlib.redirect_stdout(sys.stderr):
        begun = time.perf_counter()
        preprocess_csv_files(database, [posts])
        seconds["read"] = time.perf_counter() - begun
        with contextlib.closing(sqlite3.connect(database)) as opened, opened:
            opened.execute("delete from message_url where url = ''")
        for name in names:
            compute, table = _NETWORKS[name]
            asked = {"n_threads": _PROCESSES, "min_edge_weight": int(min_weight)}
            begun = time.perf_counter()
            compute(database, int(within), **asked)
            seconds[name] = time.perf_counter() - begun
            _write(database, table, Path(folder) / f"{name}.csv")
    print(json.dumps(seconds))


def _write(database: str, table: str, path: Path) -> None:
    asked = f"select user_1, user_2, weight from {table} where user_1 <> user_2"
    with contextlib.closing(sqlite3.connect(database)) as opened, path.open("w") as file:
        writer = csv.writer(file)
        writer.writerow(("source", "target", "weight"))
        writer.writerows(opened.execute(asked))


if __name__ == "__main__":
    main()
