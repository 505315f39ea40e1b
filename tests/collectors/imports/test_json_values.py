from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from collectors.imports import jsonl
from collectors.imports.json_values import Values

ROWS = [{"id": str(n), "text": "naik \N{WATER WAVE} é", "tags": [{"id": 1}]} for n in range(50)]


def values(content: bytes | str) -> list[bytes]:
    raw = content.encode() if isinstance(content, str) else content
    return list(Values(io.BytesIO(raw)))


def whole(given: list[bytes]) -> list[Any]:
    found = []
    for value in given:
        try:
            found.append(json.loads(value))
        except ValueError:
            continue
    return found


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_list_is_read_record_by_record(indent: int | None) -> None:
    text = json.dumps(ROWS, indent=indent, ensure_ascii=False)
    assert [json.loads(value) for value in values(text)] == ROWS


def test_lists_after_each_other_and_spread_records_are_read() -> None:
    lists = f"{json.dumps(ROWS[:2])}\n{json.dumps(ROWS[2:4])}"
    spread = "\n".join(json.dumps(row, indent=1) for row in ROWS[:3])
    assert whole(values(lists)) == ROWS[:4]
    assert whole(values(f"\ufeff{spread}")) == ROWS[:3]
    assert values("") == values("[]") == values(" \n") == []


def test_a_record_longer_than_what_is_read_at_a_time_is_whole() -> None:
    rows = [{"id": "1", "text": "panjang " * 400_000}, {"id": "2"}]
    assert whole(values(json.dumps(rows))) == rows


def test_a_damaged_record_costs_itself_and_those_after_it_are_read() -> None:
    text = json.dumps(ROWS, ensure_ascii=False)
    broken = text.replace('"id": "7", "text"', '"id": "7", text', 1)
    given = values(broken)
    records = [row for row in whole(given) if "text" in row]
    assert records == [row for row in ROWS if row["id"] != "7"]
    assert b"".join(given).count(b"id") == broken.count("id")  # nothing is left out


@pytest.mark.parametrize("cut", [1, 40, 1000])
def test_a_list_that_is_cut_off_loses_only_its_end(cut: int) -> None:
    text = json.dumps(ROWS, ensure_ascii=False).encode()
    complete = [json.loads(value) for value in values(text[:-cut])[:-1]]
    assert complete == ROWS[: len(complete)]
    assert len(complete) >= len(ROWS) - 2 - cut // 40


def test_bytes_that_are_no_text_stay_in_the_record_that_has_them() -> None:
    text = json.dumps(ROWS[:3]).encode().replace(b"naik", b"na\xff\xfek", 1)
    given = values(text)
    assert len(given) == 3
    assert b"na\xff\xfek" in given[0]
    assert whole(given[1:]) == ROWS[1:3]


def test_a_file_tells_how_far_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(ROWS, indent=2))
    read = list(jsonl.lines(path))
    assert [line.number for line in read] == list(range(1, len(ROWS) + 1))
    assert 0 < read[0].end < read[-1].end <= path.stat().st_size
    packed = tmp_path / "a.json.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert [line.content for line in jsonl.lines(packed)] == [line.content for line in read]
