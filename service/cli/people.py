"""Accounts, and the tokens that programs use."""

import click
from flask.cli import AppGroup

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import ROLES, Grant
from service.cli.terminal import ACTOR, told
from service.db import transaction

users = AppGroup("user", help="账户。")


@users.command("add")
@click.argument("login")
@click.option("--name", required=True, help="姓名或系统名称")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)))
@click.option("--region", help="派单员、督办人等岗位的地区编码")
@click.option("--department", help="承办人等岗位的部门编码，例如 150821-health")
@click.option("--password", is_flag=True, help="提示输入密码")
@click.option("--token", "with_token", is_flag=True, help="同时发一个令牌")
@told
def add_user(login: str, name: str, roles: tuple[str, ...], region: str | None, department: str | None,
             password: bool, with_token: bool) -> None:  # fmt: skip
    """新建一个账户。"""
    secret = click.prompt("密码", hide_input=True, confirmation_prompt=True) if password else None
    grants = [Grant(role, place=region, department=department) for role in roles]
    with transaction():
        user = accounts.create_user(login, name, grants, secret, clock.now(), ACTOR)
        token = accounts.issue_token(user, clock.now(), ACTOR) if with_token else None
    click.echo(token or f"已建立账户 {login}。")


@users.command("list")
@told
def list_users() -> None:
    """列出账户及其岗位。"""
    for user in accounts.users():
        held = "，".join(f"{ROLES[row.role][0]} {row.department or row.place or ''}".strip() for row in user.grants)
        click.echo("\t".join([user.login, user.name, held, "" if user.active else "已停用"]))


@users.command("close")
@click.argument("login")
@told
def close_user(login: str) -> None:
    """停用一个账户，密码和令牌同时失效。"""
    with transaction():
        accounts.close_user(accounts.user_named(login), clock.now(), ACTOR)
    click.echo(f"已停用账户 {login}。")


@click.command()
@click.argument("login")
@click.option("--revoke", is_flag=True, help="不发新令牌，而是作废已有的全部令牌")
@told
def token(login: str, revoke: bool) -> None:
    """给一个账户发一个新的访问令牌；令牌只显示这一次。"""
    with transaction():
        user = accounts.user_named(login)
        if revoke:
            said = f"已作废 {accounts.revoke_tokens(user, clock.now(), ACTOR)} 个令牌。"
        else:
            said = accounts.issue_token(user, clock.now(), ACTOR)
    click.echo(said)
