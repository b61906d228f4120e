"""What fills the database: the reference data, a demonstration, and days that pass in seconds."""

import sys

import click
from flask import current_app

from service import clock, demonstration, simulation
from service.casework import wording
from service.cli.terminal import told
from service.db import transaction
from service.deadlines import operations as deadlines
from service.deadlines import terminal
from service.directory import operations as directory
from service.knowledge import operations as knowledge
from service.notices import administration as notices


@click.command()
@told
def seed() -> None:
    """读入 data/ 下的种子数据；改动过的更新，管理员编辑过的不动。"""
    data = current_app.config["DATA"]
    with transaction():
        stored = directory.seed(data)
        stored["clocks"] = deadlines.seed(data)
        stored["notices"] = notices.seed(data)
        stored["answers"] = knowledge.seed(data)
        stored["replies"] = wording.seed(data)
        if any(part.added or part.changed or part.retired for part in stored.values()):
            directory.bump()
    for name, part in stored.items():
        click.echo(f"{name}：新增 {part.added}，更新 {part.changed}，停用 {part.retired}，人工编辑过而未动 {part.kept}")


@click.command()
@told
def demo() -> None:
    """给空的演示数据库填入演示诉求，并列出演示账户。"""
    with transaction():
        ready = demonstration.fill(current_app.config["DATA"], clock.now())
    click.echo("\n".join(demonstration.table()) if ready else "这个系统已有诉求，没有填入演示内容。")


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400), help="模拟多少天")
@click.option("--complaints", default=3000, show_default=True, type=click.IntRange(1, 100_000), help="提交多少件诉求")
@click.option("--seed", "number", default=1, show_default=True, help="随机数种子：同一种子，同样的经过")
@click.option("--start", default="2026-03-02 00:00", show_default=True, help="从哪个时刻开始")
@click.option("--keep", is_flag=True, help="保留模拟的诉求，供另行核对；默认全部撤销，不留痕迹")
@told
def simulate(days: int, complaints: int, number: int, start: str, keep: bool) -> None:
    """在模拟的时间里运行多日：提交、办理、到期，逐条核对时限，并算出考核指标。"""
    with transaction() as session:
        report = simulation.run(current_app.config["DATA"], terminal.moment(start), days, complaints, number)
        if not keep:
            session.rollback()
    click.echo("\n".join(simulation.lines(report)))
    sys.exit(1 if report.faults else 0)
