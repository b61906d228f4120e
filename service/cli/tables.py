"""Complaints as tables: taken in from Excel, and written to it."""

import sys
from pathlib import Path

import click
from marshmallow import ValidationError

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.cli.terminal import Target, told
from service.complaints import exporting
from service.complaints.schemas import ListQuerySchema
from service.complaints.wanted import Wanted
from service.db import transaction
from service.fields import flatten
from service.intake import importing
from service.intake.models import Import

FILTERS = ListQuerySchema(only=("department", "status", "family", "region", "due", "q"))
AS = click.option("--as", "login", required=True, help="以哪个账户的名义；只能看到、提交这个账户可以的")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS
@click.option("--good-only", is_flag=True, help="有问题的行留下，只导入正确的；默认有错则一行也不导入")
@click.option("--result", type=Target(), help="把没有导入的行和原因写到这个文件")
@told
def import_table(file: Path, login: str, good_only: bool, result: Path | None) -> None:
    """从按模板填写的 Excel 表导入诉求；同一行不会导入两次。"""
    now = clock.now()
    with transaction():
        reader = accounts.reader(accounts.user_named(login))
        made = importing.receive(file.read_bytes(), file.name, reader, now, queued=False)
    with transaction():
        importing.check(made.id, now)
    try:
        if made.good and made.state == "checked":
            _file_all(made.id, reader, not good_only)
    finally:
        # A row may turn out wrong only as it is filed.
        _tell_faults(made, result)
    click.echo(made.why or f"共 {made.total} 行：导入 {made.filed}，有问题 {made.bad}，以前已导入 {made.same}。")
    sys.exit(1 if made.why or made.bad else 0)


def _tell_faults(made: Import, result: Path | None) -> None:
    if result and made.bad:
        result.write_bytes(importing.result(made))
    for row, why, _cells in importing.faults(made):
        click.echo(f"第 {row} 行　{'；'.join(why.splitlines())}", err=True)


def _file_all(import_id: int, reader: Reader, whole: bool) -> None:
    with transaction():
        importing.begin(import_id, reader, whole, clock.now(), queued=False)
    more = True
    while more:
        with transaction():
            more = importing.file_some(import_id, clock.now(), queued=False)


@click.command("export")
@click.argument("file", type=Target())
@AS
@click.option("--department", help="部门编码")
@click.option("--status", help="状态，例如 handling")
@click.option("--family", help="大类，例如 arrears")
@click.option("--region", help="地区编码，含下级")
@click.option("--due", help="overdue 或 soon")
@click.option("--q", help="搜索词")
@told
def export_table(file: Path, login: str, **given: str | None) -> None:
    """把一个账户看得到的诉求写成 Excel 表；谁导出了什么，有记录。"""
    try:
        wanted = FILTERS.load({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        said = "；".join(f"--{name}：{''.join(sentences)}" for name, sentences in flatten(error.messages).items())
        raise click.UsageError(said) from error
    with transaction(), file.open("wb") as target:
        reader = accounts.reader(accounts.user_named(login))
        order = exporting.Order(Wanted(**wanted), list(exporting.COLUMNS), reader.roles)
        count = exporting.write(order, reader, clock.now(), target)
    click.echo(f"导出 {count} 件到 {file}。")
