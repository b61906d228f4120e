"""`flask facts`."""

import json
from pathlib import Path

import pytest
import time_machine

from tests.cli.runs import Run, said

TEXT = (
    "我公司去年8月给五原县人民医院供货，合同编号HT-2025-08，货款132万元，已付90万元，尚欠42万元，"
    "依据《政府采购法》，三十天了，电话13812345678。"
)


@time_machine.travel("2026-03-13", tick=False)
def test_a_text_gives_its_facts_with_their_spans(run: Run) -> None:
    found = json.loads(said(run("facts", TEXT)))
    assert found["amount"] == {"yuan": 420000.0, "approximate": False, "text": "42万元", "span": span("42万元")}
    assert found["place"] == {"code": "150821", "name": "五原县", "span": span("五原县")}
    assert found["respondent"] == {"name": "五原县人民医院", "kind": "institution", "span": span("五原县人民医院")}
    assert found["dates"] == [{"date": "2025-08", "text": "去年8月", "span": span("去年8月")}]
    assert found["periods"] == [{"length": "P30D", "working": False, "text": "三十天", "span": span("三十天")}]
    assert found["documents"] == [{"kind": "contract", "name": "HT-2025-08", "span": span("HT-2025-08")}]
    assert found["policies"] == [{"kind": "policy", "name": "政府采购法", "span": span("政府采购法")}]
    assert found["protected"] == [{"kind": "phone", "span": span("13812345678")}]
    assert [one["role"] for one in found["amounts"]] == ["plain", "paid", "owed"]


def span(words: str) -> list[int]:
    return [TEXT.index(words), TEXT.index(words) + len(words)]


def test_each_line_gets_one_json_and_null_where_nothing_stands(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("五原县教育局欠我三万\n\n罚钱不给票\n", encoding="utf-8")
    first, empty, last = (json.loads(line) for line in said(run("facts", "--json", "--lines", str(file))).splitlines())
    assert (first["respondent"]["name"], first["respondent"]["kind"]) == ("五原县教育局", "organ")
    for nothing in (empty, last):
        assert [nothing[name] for name in ("amount", "place", "respondent")] == [None, None, None]
        assert nothing["dates"] == nothing["documents"] == []


@pytest.mark.parametrize("words", [[], ["欠三万", "--lines", "-"]])
def test_a_text_or_a_file_must_be_named(words: list[str], run: Run) -> None:
    assert "Error: " in said(run("facts", *words), code=2)
