"""`flask user` and `flask token`."""

import pytest
from flask import Flask

from tests.caller import Caller
from tests.cli.runs import Run, said


def test_an_account_is_made_listed_and_its_token_opens_the_api(run: Run, app: Flask) -> None:
    words = ["user", "add", "zhang", "--name", "张三", "--role", "handler", "--department", "150821-health"]
    assert "zhang" in said(run(*words))
    assert said(run("user", "list")).split("\t")[:3] == ["zhang", "张三", "承办人 150821-health"]
    secret = said(run("token", "zhang")).strip()
    me = Caller(app).get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert me.get_json() == {
        "login": "zhang", "name": "张三",
        "grants": [{"role": "handler", "place": None, "department": "150821-health"}],
    }  # fmt: skip


def test_an_account_can_have_several_roles_a_password_and_a_token_at_once(run: Run, app: Flask) -> None:
    words = ["user", "add", "li", "--name", "李四", "--role", "operator", "--role", "dispatcher", "--region", "150800"]
    secret = said(run(*words, "--token", "--password", input="a long password\na long password\n")).splitlines()[-1]
    client = Caller(app)
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).get_json()
    assert [grant["role"] for grant in me["grants"]] == ["operator", "dispatcher"]
    signed_in = client.post("/api/v1/tokens", json={"login": "li", "password": "a long password"})
    assert signed_in.status_code == 201


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["add", "x", "--name", "X", "--role", "operator", "--region", "150000"], 1, "登录名"),
        (["add", "wang", "--name", "王", "--role", "operator"], 1, "必须指定一个地区编码"),
        (["add", "wang", "--name", "王", "--role", "operator", "--region", "999999"], 1, "没有地区编码 999999"),
        (["add", "wang", "--name", "王", "--role", "handler", "--department", "150821-x"], 1, "没有部门编码 150821-x"),
        (["add", "wang", "--name", "王", "--role", "king"], 2, "king"),
        (["add", "wang", "--name", "王"], 2, "--role"),
    ],
)
def test_an_account_that_fits_nothing_is_refused(words: list[str], code: int, sentence: str, run: Run) -> None:
    assert sentence in said(run("user", *words), code)
    assert said(run("user", "list")) == ""


def test_a_login_is_given_once_and_a_token_only_to_somebody(run: Run) -> None:
    words = ["user", "add", "zhang", "--name", "张三", "--role", "auditor"]
    said(run(*words))
    assert "已有人使用" in said(run(*words), code=1)
    assert "没有用户 nobody" in said(run("token", "nobody"), code=1)


def test_a_short_password_makes_no_account(run: Run) -> None:
    words = ["user", "add", "zhang", "--name", "张三", "--role", "auditor", "--password"]
    assert "密码应为" in said(run(*words, input="short\nshort\n"), code=1)
    assert said(run("user", "list")) == ""


@pytest.fixture
def zhang(run: Run) -> str:
    """An account with a token; gives the token."""
    words = ["user", "add", "zhang", "--name", "张三", "--role", "auditor", "--token"]
    return said(run(*words)).strip()


def opens(app: Flask, secret: str) -> bool:
    return Caller(app).get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_revoking_ends_every_token_and_a_new_one_opens_again(zhang: str, run: Run, app: Flask) -> None:
    second = said(run("token", "zhang")).strip()
    assert (opens(app, zhang), opens(app, second)) == (True, True)
    assert said(run("token", "zhang", "--revoke")) == "已作废 2 个令牌。\n"
    assert (opens(app, zhang), opens(app, second)) == (False, False)
    assert opens(app, said(run("token", "zhang")).strip())


def test_a_closed_account_opens_nothing_and_stays_in_the_list(zhang: str, run: Run, app: Flask) -> None:
    assert "zhang" in said(run("user", "close", "zhang"))
    assert not opens(app, zhang)
    assert said(run("user", "list")) == "zhang\t张三\t审计员\t已停用\n"
    assert "没有用户 nobody" in said(run("user", "close", "nobody"), code=1)
