"""Words that are often needed: templates for what enterprises are told, and each person's own phrases."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, or_, select

from service.accounts.models import User
from service.accounts.rules import Reader
from service.audit import operations as audit
from service.casework.models import Phrase, ReplyTemplate
from service.casework.rules import BLANK
from service.db import db
from service.directory import operations as directory
from service.errors import Invalid, NotFound
from service.seedfile import Row, SeedError, Stored, load, store
from service.sentences import say

# What is told, by kind.
KINDS = {
    "result": "办理结果",
    "extension": "延期告知",
    "refusal": "不予受理、转办告知",
    "material": "请补充材料",
}
# What can stand in braces, and an example of it.
PLACEHOLDERS = {
    "number": ("诉求编号", "QS20261121-0000123-1"),
    "enterprise": ("企业名称", "河套试剂有限公司"),
    "respondent": ("反映的对象", "五原县人民医院"),
    "department": ("承办部门", "五原县卫生健康委员会"),
    "category": ("类别", "货款服务款"),
    "amount": ("涉及金额", "1,250,000 元"),
    "filed": ("提交日期", "2026年11月21日"),
    "due": ("办理结果的期限", "2026年12月21日 17:30"),
    "today": ("今天", "2026年11月25日"),
}
LONGEST_BODY, LONGEST_NAME, LONGEST_PHRASE, MOST_PHRASES = 4000, 60, 500, 50
CONTENT = ("kind", "family", "name", "body")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def fill(body: str, values: Mapping[str, str]) -> str:
    """A template with its placeholders filled; what a value holds is never read as a placeholder again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or BLANK, body)


def example(body: str) -> str:
    """What a template says of an example complaint."""
    return fill(body, {name: shown for name, (_about, shown) in PLACEHOLDERS.items()})


def faults(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong with some of a template's values, by field; nothing where they can be used."""
    families = directory.current().families
    found: dict[str, list[str]] = {}
    if "kind" in values and values["kind"] not in KINDS:
        found["kind"] = [say("没有这种用途，可以用：%(kinds)s。", kinds=list(KINDS))]
    if values.get("family") and families and values["family"] not in families:
        found["family"] = ["没有这个大类，请从列表里选。"]
    for name, most in (("name", LONGEST_NAME), ("body", LONGEST_BODY)):
        if name in values and (told := _unfit(str(values[name] or ""), most)):
            found[name] = told
    return found


def _unfit(text: str, most: int) -> list[str]:
    if not text.strip():
        return ["这一项不能是空白。"]
    if len(text) > most:
        return [say("最多 %(most)s 个字，现在是 %(length)s 个字。", most=most, length=len(text))]
    wrong = [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in PLACEHOLDERS]
    usable = "、".join(f"{{{name}}}" for name in PLACEHOLDERS)
    told = [say("没有占位符 {%(name)s}，可以用：%(usable)s。", name=name[:30], usable=usable) for name in wrong]
    if re.search("[{}]", _PLACEHOLDER.sub("", text)):
        told.append("花括号要成对，里面只写占位符的名字。")
    return told


# --- templates -------------------------------------------------------------------------------------------------------


def seed(data: Path) -> Stored:
    """Make the templates follow the seed file; those that an administrator edited stay."""
    return store(ReplyTemplate, read_seeds(data / "seed_replies.yaml"), "code")


def read_seeds(path: Path) -> list[dict[str, Any]]:
    """The templates of a file, as rows of the table reply_templates.

    Raises:
        SeedError: an unknown word or placeholder, a text that is too long, a code twice.
    """
    found = load(path)
    if not isinstance(found, list) or not all(isinstance(row, Row) for row in found):
        raise SeedError(path, 1, "应当是一个列表，一项一个模板")
    codes = [row.need("code") for row in found]
    for row, code in zip(found, codes, strict=True):
        if codes.count(code) > 1:
            raise row.fail("code", f"模板 {code} 写了两次")
    return [_read_seed(row) for row in found]


def _read_seed(row: Row) -> dict[str, Any]:
    values = {name: str(row.need(name)).strip() for name in ("kind", "name", "body")} | {"family": row.get("family")}
    for field, sentences in faults(values).items():
        raise row.fail(field, sentences[0])
    return {"code": row["code"], **values}


def offered(kind: str, family: str | None) -> Sequence[ReplyTemplate]:
    """The templates in use of a kind, those of a complaint's family first, in one statement."""
    fitting = (ReplyTemplate.family.is_(None), ReplyTemplate.family == family) if family else (
        ReplyTemplate.family.is_(None),
    )  # fmt: skip
    query = select(ReplyTemplate).where(ReplyTemplate.active, ReplyTemplate.kind == kind, or_(*fitting))
    return db.session.scalars(query.order_by(ReplyTemplate.family.is_(None), ReplyTemplate.code)).all()


def templates() -> Sequence[ReplyTemplate]:
    """All templates, by what they are for; those put away stand last."""
    rows = db.session.scalars(select(ReplyTemplate)).all()
    order = list(KINDS)
    return sorted(rows, key=lambda row: (not row.active, order.index(row.kind), row.family or "", row.code))


def template(code: str) -> ReplyTemplate:
    """A template by its code, as it stands now.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(ReplyTemplate, code, populate_existing=True)
    if found is None:
        raise NotFound("没有这个答复模板。")
    return found


def read(code: str) -> dict[str, Any]:
    """The values of a template, as JSON has them; NotFound where there is none."""
    row = template(code)
    return {name: getattr(row, name) for name in (*CONTENT, "active")}


def write(code: str, values: Mapping[str, Any], now: datetime) -> None:
    """Give a template some other values; no seeding overrules them.

    Raises:
        NotFound: there is none. Invalid: a placeholder is not known, a text is blank or too long.
    """
    check(values)
    row = template(code)
    for name, value in values.items():
        setattr(row, name, value)
    row.edited_at = now
    db.session.flush()


def add(values: Mapping[str, Any], actor: Reader, now: datetime) -> ReplyTemplate:
    """Make a template of one's own; raises Invalid as `write`."""
    given = {name: values.get(name) for name in CONTENT}
    check(given)
    row = ReplyTemplate(code=f"own-{secrets.token_hex(4)}", active=True, edited_at=now, **given)
    db.session.add(row)
    db.session.flush()
    audit.record("reply_template.added", row.code, actor.login, now, **given)
    return row


def check(values: Mapping[str, Any]) -> None:
    """Raise Invalid where some of a template's values cannot be used."""
    if found := faults(values):
        raise Invalid("模板有内容需要修改，请看下面的说明。", found)


# --- phrases ---------------------------------------------------------------------------------------------------------


def phrases(user_id: int) -> Sequence[Phrase]:
    """Somebody's own phrases, in the order in which they were kept."""
    return db.session.scalars(select(Phrase).where(Phrase.user_id == user_id).order_by(Phrase.id)).all()


def keep_phrase(user_id: int, text: str) -> None:
    """Keep a phrase for oneself; one that is kept already is kept once.

    Raises:
        Invalid: there are as many as there may be.
    """
    # Pressed twice at once, the second press waits for the first, and finds the phrase kept.
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    mine = select(func.count(), func.bool_or(Phrase.text == text)).where(Phrase.user_id == user_id)
    count, known = db.session.execute(mine).one()
    if known:
        return
    if count >= MOST_PHRASES:
        raise Invalid(say("最多保存 %(most)s 句。", most=MOST_PHRASES), {"phrase": ["请先删去不用的。"]})
    db.session.add(Phrase(user_id=user_id, text=text))
    db.session.flush()


def drop_phrase(user_id: int, phrase_id: int) -> None:
    """Drop one of one's own phrases; one that is gone already is gone."""
    db.session.execute(delete(Phrase).where(Phrase.user_id == user_id, Phrase.id == phrase_id))
