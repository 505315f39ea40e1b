"""The only package that imports duckdb: posts, runs, findings and letters, in one file."""

from monitor.store.store import Store, StoreFile

__all__ = ["Store", "StoreFile"]
