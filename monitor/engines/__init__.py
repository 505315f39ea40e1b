"""What computes: DuckDB within a memory limit, Polars, Spark."""

from __future__ import annotations

from monitor.engines.engine import Engine, Lazy, ReadsFiles

ENGINES = ("duckdb", "polars", "spark")


def engine_of(name: str, *, memory_limit: str | None = None) -> Engine:
    """Give an engine by its name; only the one that is asked for is imported."""
    if name == "polars":
        from monitor.engines.polars import PolarsEngine

        return PolarsEngine()
    if name == "duckdb":
        from monitor.engines.duckdb import DuckDBEngine

        return DuckDBEngine() if memory_limit is None else DuckDBEngine(memory_limit=memory_limit)
    if name == "spark":
        from monitor.engines.spark import SparkEngine

        return SparkEngine(memory_limit=memory_limit)
    raise ValueError(f"there is no engine {name!r}")


__all__ = ["ENGINES", "Engine", "Lazy", "ReadsFiles", "engine_of"]
