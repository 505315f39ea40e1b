"""Speed and memory, as ratios to plain DuckDB in the same run (`make bench`)."""
