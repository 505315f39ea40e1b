"""Writes the store as a lake: Parquet, by platform and day."""
