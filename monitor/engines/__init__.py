"""What computes: DuckDB within a memory limit, Polars, Spark."""
