"""The words, and the night."""

import re
from datetime import datetime, time
from pathlib import Path
from typing import Any

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


# What no sound sentence holds: a word for a limit without one, a pause before the end, words that do not fit.
UNSOUND = re.compile(r"(?:期限|最迟|在|到|为|前)[，。]|(?:期限|最迟|在|到) |诉求页面写明|，[，。]|  |[{}]")


@pytest.mark.parametrize(
    "row", [row for row in read_templates(SEEDS) if "{due}" in row["body"]], ids=lambda row: row["code"]
)
def test_every_seeded_sentence_about_a_limit_reads_well_with_and_without_one(row: dict[str, Any]) -> None:
    values = {name: example for name, (_about, example) in PLACEHOLDERS.items()}
    dated, undated = (rules.fill(row["body"], {**values, "due": due}) for due in (values["due"], ""))
    assert values["due"] in dated
    assert not UNSOUND.search(undated), undated
    assert undated[-1] == dated[-1]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("现在是「办结」，期限 {due}。请登录。", "现在是「办结」。请登录。"),
        ("已交给财政局办理，最迟 {due} 前答复您。", "已交给财政局办理。"),
        ("补充材料，最迟 {due}，请登录平台提交。", "补充材料，请登录平台提交。"),
        ("请在 {due} 前签收。", "请尽快签收。"),
        ("情况复杂，答复期限延长到 {due}。", "情况复杂，答复期限已延长。"),
        ("期限重新计算为 {due}。", "期限已重新计算。"),
        ("截止 {due} 有效", "截止诉求页面写明的时间有效"),
    ],
)
def test_a_sentence_reads_well_where_no_limit_runs(said: str, read: str) -> None:
    assert rules.fill(said, {"due": ""}) == read
    assert rules.fill(said, {"due": "2026年3月19日"}) == said.replace("{due}", "2026年3月19日")


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
