"""The only package that imports duckdb: posts, runs, findings and letters, in one file."""

from monitor.store.store import StoreFile
from monitor.store.subjects import Store

__all__ = ["Store", "StoreFile"]
