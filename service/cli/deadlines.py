"""Terms and clocks: one that is asked for, those that are due, and whether all follow from what happened."""

import sys
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from service import clock
from service.casework import climbing, recounting
from service.cli.terminal import show, told
from service.db import transaction
from service.deadlines import operations as deadlines
from service.deadlines import terminal
from service.deadlines.rules import Unit
from service.deadlines.schemas import ExplanationSchema
from service.directory import operations as directory

UNITS = {
    "working_days": Unit.WORKING_DAYS,
    "days": Unit.CALENDAR_DAYS,
    "working_hours": Unit.WORKING_HOURS,
    "hours": Unit.CLOCK_HOURS,
}

limits = AppGroup("deadlines", help="全部期限的重新计算与核对。")


@click.command()
@click.argument("start")
@click.option("--working-days", type=int, help="工作日")
@click.option("--days", type=int, help="自然日")
@click.option("--working-hours", type=int, help="工作小时")
@click.option("--hours", type=int, help="小时，昼夜连续计算")
@click.option("--cap", type=int, help="合计不超过多少自然日")
@click.option("--region", help="地区编码：按当地放假与办公时间计算")
@click.option("--json", "as_json", is_flag=True)
@told
def deadline(start: str, cap: int | None, region: str | None, as_json: bool, **lengths: int | None) -> None:
    """算出一个期限到何时为止，并逐日说明。"""
    given = {name: length for name, length in lengths.items() if length is not None}
    if len(given) != 1:
        raise click.UsageError("请在 --working-days、--days、--working-hours、--hours 中选一个。")
    ((name, length),) = given.items()
    found = terminal.ask(start, length, UNITS[name], cap, _calendar(region))
    if as_json:
        show(ExplanationSchema(only=("due_at", "provisional", "days")).dump(found))
    else:
        click.echo("\n".join(terminal.lines(found)))


def _calendar(region: str | None) -> Any:
    """The nation's calendar needs no database; a place's own days do."""
    if region is None:
        return deadlines.offline(current_app.config["DATA"])
    book = directory.current()
    if region not in book.places:
        raise click.UsageError(f"没有地区编码 {region}。")
    return deadlines.calendar(book.chain(region), book.revision)


@click.command()
@click.option("--now", "moment", help="当作现在是这个时刻，例如 2026-12-03 18:00")
@told
def sweep(moment: str | None) -> None:
    """立即检查全部时限，提醒与逾期各记一次。"""
    now = clock.now() if moment is None else terminal.moment(moment)
    total, done = 0, 1
    while done:
        with transaction():
            done = climbing.climb(now)
        total += done
    click.echo(f"处理了 {total} 个到点的时限。")


@limits.command("rebuild")
@click.option("--correct", is_flag=True, help="以办理记录为准，改正不一致的期限")
@told
def rebuild(correct: bool) -> None:
    """按办理记录重新推算全部期限，列出与库中不一致之处；正常时一处也没有。"""
    many = 0
    with transaction():
        for number, found in recounting.rebuild(correct):
            many += 1
            click.echo(f"{number} {found.clock.name} {found.field}：库中 {found.stored}，应为 {found.derived}")
    click.echo(f"{many} 处不一致{'，已改正' if correct else ''}。" if many else "全部期限与办理记录一致，没有改动。")
    sys.exit(1 if many and not correct else 0)
