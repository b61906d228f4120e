"""Templates that follow their seed file and administrators change, and each person's own phrases."""

from pathlib import Path

import pytest
from flask import Flask

from service import clock
from service.casework import wording
from service.casework.rules import BLANK
from service.config import ROOT
from service.db import db, transaction
from service.errors import Invalid, NotFound
from service.seedfile import SeedError
from tests.factories import People
from tests.rivals import pressed_meanwhile

NOW = clock.now


def test_what_is_known_is_filled_in_and_what_is_not_stays_to_be_written() -> None:
    told = wording.fill("{enterprise}欠{amount}，{respondent}。", {"enterprise": "{amount}", "amount": "3 元"})
    assert told == f"{{amount}}欠3 元，{BLANK}。"


def test_every_family_of_the_core_has_words_of_its_own_and_every_kind_some_for_all(app: Flask) -> None:
    for kind in wording.KINDS:
        assert [row.family for row in wording.offered(kind, None)].count(None) >= 1, kind
    for family in ("arrears", "default", "policy"):
        offered = [row.family for row in wording.offered("result", family)]
        assert offered == sorted(offered, key=lambda one: one is None)
        assert offered[0] == family


def test_every_seeded_template_says_something_of_an_example(app: Flask) -> None:
    for row in wording.templates():
        assert not {"{", "}"} & set(wording.example(row.body)), row.code


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": "您的{secret}"}, "body"),
        ({"body": "括号{没有成对"}, "body"),
        ({"body": " "}, "body"),
        ({"name": "长" * 61}, "name"),
        ({"kind": "poem"}, "kind"),
        ({"family": "nonsense"}, "family"),
    ],
)
def test_a_template_that_cannot_be_used_is_not_kept(app: Flask, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        wording.write("material-general", values, NOW())
    assert set(caught.value.errors) == {field}


def test_what_an_administrator_wrote_stays_when_the_seeds_are_read_again(app: Flask) -> None:
    before = wording.read("material-general")
    with transaction():
        wording.write("material-general", {"body": "请补充{number}的材料。"}, NOW())
    with transaction():
        assert wording.seed(ROOT / "data").kept == 1
    assert wording.read("material-general")["body"] == "请补充{number}的材料。"
    with transaction():
        wording.write("material-general", before, NOW())
        wording.template("material-general").edited_at = None


def test_one_that_was_put_away_is_offered_no_more(app: Flask) -> None:
    with transaction():
        wording.write("refusal-court", {"active": False}, NOW())
    assert "refusal-court" not in {row.code for row in wording.offered("refusal", None)}
    assert wording.templates()[-1].code == "refusal-court"
    with transaction():
        wording.write("refusal-court", {"active": True}, NOW())
        wording.template("refusal-court").edited_at = None


def test_one_of_ones_own_is_added_and_seeding_leaves_it(app: Flask, people: People) -> None:
    given = {"kind": "material", "family": "arrears", "name": "补对账单", "body": "请补充对账单。"}
    with transaction():
        code = wording.add(given, people.reader("administrator"), NOW()).code
    with transaction():
        wording.seed(ROOT / "data")
    assert wording.read(code) == {**given, "active": True}
    with transaction():
        db.session.delete(wording.template(code))


def test_a_template_that_there_is_not_is_not_found(app: Flask) -> None:
    for ask in (wording.read, lambda code: wording.write(code, {"name": "甲"}, NOW())):
        with pytest.raises(NotFound):
            ask("nothing")


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [("{number}", "{numbers}", "numbers"), ("kind: result", "kind: resulted", "resulted"),
     ("code: result-planned", "code: result-solved", "写了两次")],
)  # fmt: skip
def test_a_mistake_in_the_seed_file_is_named(app: Flask, tmp_path: Path, right: str, wrong: str, reason: str) -> None:
    file = tmp_path / "seed_replies.yaml"
    text = (ROOT / "data" / "seed_replies.yaml").read_text(encoding="utf-8")
    head, _, rows = text.partition("\n\n")
    file.write_text(f"{head}\n\n{rows.replace(right, wrong, 1)}", encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        wording.read_seeds(file)
    if reason == "resulted":
        assert "没有这种用途" in caught.value.message
    else:
        assert reason in caught.value.message


def test_phrases_are_ones_own_and_are_kept_once(app: Flask, people: People) -> None:
    one, other = (people.reader("handler", department="150821-health").id or 0 for _ in range(2))
    with transaction():
        wording.keep_phrase(one, "请保持电话畅通。")
        wording.keep_phrase(one, "请保持电话畅通。")
    kept = wording.phrases(one)
    assert [row.text for row in kept] == ["请保持电话畅通。"]
    assert not wording.phrases(other)
    with transaction():
        wording.drop_phrase(other, kept[0].id)
    assert wording.phrases(one)
    with transaction():
        wording.drop_phrase(one, kept[0].id)
    assert not wording.phrases(one)


def test_a_phrase_that_is_pressed_twice_at_once_is_kept_once(app: Flask, people: People) -> None:
    one = people.reader("handler", department="150821-health").id or 0

    def press() -> None:
        wording.keep_phrase(one, "请保持电话畅通。")

    assert pressed_meanwhile(app, press, press) is None
    assert [row.text for row in wording.phrases(one)] == ["请保持电话畅通。"]


def test_so_many_phrases_are_enough(app: Flask, people: People) -> None:
    one = people.reader("handler", department="150821-health").id or 0
    with transaction():
        for number in range(wording.MOST_PHRASES):
            wording.keep_phrase(one, f"第 {number} 句")
        with pytest.raises(Invalid):
            wording.keep_phrase(one, "再一句")
