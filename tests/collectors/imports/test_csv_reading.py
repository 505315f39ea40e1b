from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collectors.errors import ImportFileError
from collectors.imports.csv_reading import Row, open_table
from collectors.records import Rejected

# A NUL is dropped, half a surrogate cannot be written, and a BOM belongs to the file.
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"))


def table(path: Path, content: bytes) -> list[Row | Rejected]:
    path.write_bytes(content)
    return list(open_table(path).rows())


def cells(rows: list[Row | Rejected]) -> list[list[str]]:
    return [list(row.cells.values()) for row in rows if isinstance(row, Row)]


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3)),
    separator=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)
@example(rows=[["\r", "\r\n", "\n"]], separator=",", line_end="\r", encoding="utf-8")
def test_what_is_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    separator: str,
    line_end: str,
    encoding: str,
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(
        written, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL
    )
    writer.writerow(["satu", "dua", "tiga"])
    writer.writerows(rows)
    path = tmp_path_factory.getbasetemp() / "a.csv"
    read = table(path, written.getvalue().encode(encoding))
    assert cells(read) == rows
    assert not any(isinstance(row, Rejected) for row in read)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_numbers_are_those_that_an_editor_shows(tmp_path: Path, line_end: str) -> None:
    lines = ["a,b", '1,"x', 'y"', "", "2", "3,z"]
    rows = table(tmp_path / "a.csv", line_end.join(lines).encode())
    assert [row.line for row in rows if isinstance(row, Row)] == [2, 6]
    assert [row.locator for row in rows if isinstance(row, Rejected)] == ["a.csv:5"]
    assert cells(rows) == [["1", f"x{line_end}y"], ["3", "z"]]


def test_a_file_in_cp1252_is_read(tmp_path: Path) -> None:
    rows = table(tmp_path / "a.csv", "a,b\nkafé,“ya”\n".encode("cp1252"))
    assert cells(rows) == [["kafé", "“ya”"]]


def test_one_odd_byte_does_not_spoil_the_rest_of_the_file(tmp_path: Path) -> None:
    rows = table(tmp_path / "a.csv", "a,b\nkafé,ya\n".encode() + b"kaf\xe9,ya\n")
    assert cells(rows) == [["kafé", "ya"], ["kafé", "ya"]]


def test_nuls_are_dropped(tmp_path: Path) -> None:
    assert cells(table(tmp_path / "a.csv", b"a,b\n1\0,2\n")) == [["1", "2"]]


def test_a_huge_cell_is_read(tmp_path: Path) -> None:
    rows = table(tmp_path / "a.csv", b'a,b\n"' + b"x" * 1_000_000 + b'",2\n3,4\n')
    assert [len(row[0]) for row in cells(rows)] == [1_000_000, 1]


def test_separators_after_the_last_column_are_no_cells(tmp_path: Path) -> None:
    assert cells(table(tmp_path / "a.csv", b"a,b\n1,2,,\n")) == [["1", "2"]]


def test_excels_line_about_the_separator_is_passed_over(tmp_path: Path) -> None:
    assert cells(table(tmp_path / "a.csv", b"sep=;\r\n\r\na;b\r\n1;2\r\n")) == [["1", "2"]]


def test_columns_without_a_name_of_their_own_get_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",teks,teks\n1,2,3\n")
    assert open_table(path).columns == ("column_1", "teks", "teks_3")


def test_a_file_without_header_or_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n\n")
    with pytest.raises(ImportFileError, match="holds no column names"):
        open_table(path)
    with pytest.raises(ImportFileError, match="cannot be read: No such file"):
        open_table(tmp_path / "b.csv")
