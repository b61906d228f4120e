"""The words, and the night."""

from datetime import datetime, time
from pathlib import Path

import pytest

from service.clock import ZONE
from service.notices import rules
from service.notices.rules import GROUPS, LONGEST, PLACEHOLDERS, Quiet, Words
from service.notices.seeds import read_templates
from service.seedfile import SeedError

SEEDS = Path(__file__).parents[2] / "data" / "seed_notices.yaml"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("begins", "ends", "now", "until"),
    [
        (21, 8, "2026-03-10 20:59", None),
        (21, 8, "2026-03-10 21:00", "2026-03-11 08:00"),
        (21, 8, "2026-03-10 23:59", "2026-03-11 08:00"),
        (21, 8, "2026-03-11 00:00", "2026-03-11 08:00"),
        (21, 8, "2026-03-11 07:59", "2026-03-11 08:00"),
        (21, 8, "2026-03-11 08:00", None),
        (12, 14, "2026-03-10 11:59", None),
        (12, 14, "2026-03-10 12:00", "2026-03-10 14:00"),
        (12, 14, "2026-03-10 14:00", None),
        (9, 9, "2026-03-10 09:00", None),
        (9, 9, "2026-03-10 03:00", None),
    ],
)
def test_quiet_hours(begins: int, ends: int, now: str, until: str | None) -> None:
    assert Quiet(time(begins), time(ends)).until(at(now)) == (at(until) if until else None)


def test_quiet_hours_are_those_of_the_people_wherever_the_server_stands() -> None:
    from datetime import UTC

    assert Quiet().until(datetime(2026, 3, 10, 14, tzinfo=UTC)) == at("2026-03-11 08:00")
    assert Quiet().until(datetime(2026, 3, 10, 4, tzinfo=UTC)) is None


def test_a_sentence_reads_well_where_no_limit_runs() -> None:
    said = "您的诉求 {number} 已交给{department}办理，最迟 {due} 前答复您。"
    dated = rules.fill(said, {"number": "QS1", "department": "财政局", "due": "2026年3月19日 17:30"})
    assert dated == "您的诉求 QS1 已交给财政局办理，最迟 2026年3月19日 17:30 前答复您。"
    undated = rules.fill(said, {"number": "QS1", "department": "财政局", "due": rules.UNDATED})
    assert undated == "您的诉求 QS1 已交给财政局办理，最迟诉求页面写明的时间前答复您。"


@pytest.mark.parametrize("group", GROUPS)
def test_no_placeholder_stands_for_a_code_a_person_or_what_was_written(group: str) -> None:
    forbidden = {"query_code", "code", "text", "body", "enterprise", "contact", "phone", "name", "reply", "respondent"}
    assert not forbidden & set(rules.placeholders(group))


def test_every_seeded_template_can_be_used_and_is_short_enough_when_filled() -> None:
    values = {name: example for name, (_about, example) in PLACEHOLDERS.items()}
    for row in read_templates(SEEDS):
        assert rules.faults(row["group"], row["subject"], row["body"]) == {}
        assert len(rules.fill(row["body"], values)) <= LONGEST[row["group"]], row["code"]
        assert row["group"] == "sms" or row["subject"], row["code"]
        assert row["group"] != "sms" or row["body"].startswith("【企声通】"), row["code"]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("audience", [one for one in rules.AUDIENCES if one != "systems"])
def test_everything_that_is_told_has_words(group: str, audience: str) -> None:
    templates = {row["code"]: Words(row["code"], row["subject"], row["body"]) for row in read_templates(SEEDS)}
    for action, _name, _told in rules.table():
        assert rules.words_for(action, audience, group, templates) is not rules.PLAIN


def test_the_most_particular_template_counts_and_without_any_a_plain_one_does() -> None:
    def chosen(*codes: str) -> str:
        templates = {code: Words(code, "", "x") for code in codes}
        return rules.words_for("reply", "enterprise", "sms", templates).code

    every = ("reply.enterprise.sms", "reply.any.sms", "any.enterprise.sms", "any.any.sms")
    for first in range(4):
        assert chosen(*every[first:]) == every[first]
    assert chosen("reply.enterprise.inbox") == "plain"


def test_what_a_value_holds_is_not_filled_again() -> None:
    assert rules.fill("{reason}", {"reason": "{number}", "number": "QS"}) == "{number}"


def test_what_leaves_the_house_is_without_reasons_even_where_a_template_asks_for_one() -> None:
    assert rules.render("sms", "", "理由：{reason}", {"reason": "秘密"}) == ("", "理由：")
    assert rules.render("inbox", "", "理由：{reason}", {"reason": "秘密"}) == ("", "理由：秘密")


def test_a_short_message_is_cut_rather_than_sent_too_long() -> None:
    _subject, body = rules.render("sms", "", "{department}" * 20, {"department": "很长的名字" * 10})
    assert len(body) == 200
    assert body.endswith("…")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("- {action: nothing, audience: any, group: sms, body: x}", "action 没有 nothing"),
        ("- {action: any, audience: x, group: sms, body: x}", "audience 没有 x"),
        ("- {action: any, audience: any, group: x, body: x}", "group 没有 x"),
        ("- {action: any, audience: any, group: sms, body: '{query_code}'}", "没有占位符"),
        ("- {action: any, audience: any, group: sms}", "不能是空白"),
        ("- {action: any, audience: any, group: sms, body: x}\n" * 2, "写了两次"),
        ("x", "应当是一个列表"),
    ],
)
def test_a_wrong_seed_file_is_named_with_its_line(tmp_path: Path, rows: str, told: str) -> None:
    path = tmp_path / "seed_notices.yaml"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(SeedError, match=told):
        read_templates(path)
