"""What the pages say can all be said in English, and nothing is said past the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment, nodes

from scripts import messages
from scripts.messages import HAN, SERVICE, SILENT, SILENT_NAMES

PLACE = re.compile(r"%\((\w+)\)[a-z]|%\((\w+)\)\.\d[a-z]|\{(\w*)\}")
# A number and what it counts, and the numbers that are never one.
COUNTED = re.compile(r"%\((\w+)\)d (?:[\w-]+ )?\w+s\b")
SEVERAL = frozenset(
    {"most", "least", "fewest", "enough", "shown", "megabytes", "n", "texts", "due", "hours", "days", "loss"}
)
AGAIN = "run `make messages` and fill in what is empty in service/translations/en/LC_MESSAGES/messages.po: "
# Documents, which are in Chinese, the official language.
DOCUMENTS = {"letters/_sheet.html", "papers/_sheet.html"}
# Samples that are handed to a component, which asks the catalogue itself.
SAMPLES = {"styleguide/page.html"}
# An ideographic space stands for any other.
SPEAKING = re.compile(HAN.pattern.replace("\u3000", "\u3001", 1))
# What a template compares with, and so never shows.
COMPARED = (nodes.Compare, nodes.Test)


@pytest.fixture(scope="module")
def english() -> Catalog:
    return messages.stored()


def both(forms: Any) -> list[str]:
    """A sentence's forms: one, or singular and plural."""
    return list(forms) if isinstance(forms, list | tuple) else [forms]


def places(text: str) -> set[str]:
    """What a sentence is filled with."""
    return {"".join(found) for found in PLACE.findall(text)}


def test_everything_that_is_said_has_its_english(english: Catalog) -> None:
    waiting = [
        str(one.id) for one in messages.extracted() if one.id and not _is_told(english.get(one.id, one.context), one)
    ]
    assert not waiting, AGAIN + "\n".join(waiting)


def _is_told(known: Message | None, said: Message) -> bool:
    return known is not None and known.id == said.id and all(both(known.string))


def test_what_fills_a_sentence_fills_its_english(english: Catalog) -> None:
    amiss = [f"{one.id} → {one.string}" for one in english if one.id and not _fits(one)]
    assert not amiss, "\n".join(amiss)


def _fits(one: Message) -> bool:
    """Whether the last form is filled with just the same, and one thing may go without its number."""
    *singular, last = map(places, both(one.string))
    wanted = places(both(one.id)[-1])
    return last == wanted and all(wanted - {"count", "num"} <= form <= wanted for form in singular)


def test_one_thing_is_not_told_as_several(english: Catalog) -> None:
    """Where the number can be one, the sentence calls it count and has a singular, or does without a noun."""
    amiss = [one.string for one in english if one.id and not _counts(both(one.string))]
    assert not amiss


def _counts(forms: list[str]) -> bool:
    if len(forms) > 1:
        return forms[0] != forms[1] or not COUNTED.search(forms[0])
    return SEVERAL.issuperset(COUNTED.findall(forms[0]))


def test_a_percent_sign_is_written_as_the_text_that_is_translated_has_it(english: Catalog) -> None:
    # A page fills every sentence that stands in it: a sign alone would be taken for a place.
    assert not [one.string for one in english if one.id and _is_ours(one) and _signs(one.string) and not _signs(one.id)]


def _is_ours(one: Message) -> bool:
    """Whether it stands in the program, not in the data, whose texts are never filled."""
    return any(str(path).startswith("service/") for path, _line in one.locations)


def _signs(forms: Any) -> bool:
    return any("%" in form for form in both(forms))


def test_no_english_sentence_holds_chinese(english: Catalog) -> None:
    """Except names on the record, addresses and samples that have to be written just so."""
    mixed = [f"{one.id}: {one.string}" for one in english if one.id and _is_mixed(one)]
    assert not mixed, "\n".join(mixed)


def _is_mixed(one: Message) -> bool:
    quoted = re.compile("[“「][^”」]*[”」]|：.*$|[0-9:—、]+|" + "|".join(KEPT))
    return any(
        HAN.search(quoted.sub("", told)) and told != said
        for said, told in zip(both(one.id), both(one.string), strict=False)
    )


# Names of sheets and columns in the tables that are exchanged, and numbers of documents.
KEPT = ("填写说明", "代码", "中文", r"\S*〔\d+〕\S*号", "春节", "依据")


def test_a_template_says_nothing_past_the_catalogue() -> None:
    jinja = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    texts = {path.relative_to(messages.TEMPLATES).as_posix(): path.read_text("utf-8") for path in messages.templates()}
    bare = {name: list(_bare(jinja.parse(text))) for name, text in texts.items() if name not in DOCUMENTS | SAMPLES}
    assert not {name: found for name, found in bare.items() if found}


def _bare(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, COMPARED) or _is_asked(node):
        return
    if isinstance(node, nodes.TemplateData) and SPEAKING.search(node.data):
        yield node.data.strip()
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and SPEAKING.search(node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _bare(child)


def _is_asked(node: nodes.Node) -> bool:
    """Whether it asks the catalogue, or what a text begins with."""
    if not isinstance(node, nodes.Call):
        return False
    if isinstance(node.node, nodes.Getattr):
        return node.node.attr == "startswith"
    return isinstance(node.node, nodes.Name) and node.node.name in {"_", "gettext", "ngettext"}


def test_no_sentence_is_composed_where_the_catalogue_cannot_see_it() -> None:
    found = [place for path in SERVICE.rglob("*.py") for place in _composed(path)]
    assert not found, "compose these by say() or _() with named places: " + "\n".join(found)


def _composed(path: Path) -> Iterator[str]:
    place = path.relative_to(SERVICE).as_posix()
    if place.startswith(SILENT):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = messages.silenced(tree, SILENT_NAMES.get(place, frozenset()))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in silent and HAN.search(_own(node)):
            yield f"{place}:{node.lineno}"


def _own(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))


def test_what_people_wrote_is_put_out_as_they_wrote_it() -> None:
    """A text that a template escapes itself is told in no other language, even where it says what one of ours says."""
    told = re.compile(r"\{\{ [a-z_.]+\.(?:summary|reply|internal) \}\}")
    pages = {str(path.relative_to(messages.TEMPLATES)): path.read_text() for path in messages.TEMPLATES.rglob("*.html")}
    assert {name: found for name, page in pages.items() if (found := told.findall(page))} == {}
