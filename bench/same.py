"""Whether two tables hold the same rows: `python -m bench.same ONE.csv OTHER.csv COLUMN...`.

Prints how many rows the first has, the sum of the last column, and how many rows differ. A process
of its own, so that what it holds does not count as memory of what is measured next.
"""

from __future__ import annotations

import sys

import polars as pl


def main() -> None:
    """Compare as bags of rows, each cell as text."""
    one, other, *columns = sys.argv[1:]
    mine, theirs = (_counted(path, columns) for path in (one, other))
    named = [*columns, "copies"]
    differ = mine.join(theirs, on=named, how="anti").height
    differ += theirs.join(mine, on=named, how="anti").height
    rows, total = mine.select(
        pl.col("copies").sum(),
        (pl.col(columns[-1]).cast(pl.Int64) * pl.col("copies")).sum().alias("t"),
    ).row(0)
    print(rows, total, differ)


def _counted(path: str, columns: list[str]) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).group_by(columns).agg(copies=pl.len())


if __name__ == "__main__":
    main()
