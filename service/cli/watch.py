"""Keeping watch: over the figures, the records and the service itself."""

import sys

import click
from flask.cli import AppGroup

from service import clock, health
from service.audit import operations as audit
from service.casework import notes
from service.cli.terminal import show, told
from service.complaints import operations as complaints
from service.db import transaction
from service.insight import tallying

figures = AppGroup("figures", help="看板的统计数据。")
audits = AppGroup("audit", help="办理记录的防篡改校验。")


@figures.command("rebuild")
@told
def recount_figures() -> None:
    """按办理记录重新做一遍看板的统计数据；平时由后台随时补记，用不着。"""
    with transaction():
        tallying.forget()
    with transaction():
        tallying.keep(clock.now())
    more = True
    while more:
        with transaction():
            more = tallying.keep(clock.now())
    click.echo(f"统计数据已重做，共 {tallying.size()} 行。")


@audits.command("verify")
@told
def verify() -> None:
    """核对每件诉求的记录链、审计记录与每日封印。"""
    broken = [f"{number}：{what}" for number, what in complaints.broken_chains()]
    broken += [f"审计记录 {entry} 与前一条不衔接" for entry in audit.broken()]
    broken += [f"{day} 的封印与记录不符" for day in complaints.broken_anchors()]
    broken += [f"内部备注 {note} 与写下时不一致" for note in notes.broken()]
    click.echo("\n".join(broken) or "全部记录完整，未发现改动。")
    sys.exit(1 if broken else 0)


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True)
@told
def examine(as_json: bool) -> None:
    """体检：配置、连接、逾期、积压，以及该怎么办；有故障（✗）时退出码为 1，只需提醒（！）时为 0。"""
    findings = health.examine(clock.now())
    if as_json:
        show([finding.__dict__ for finding in findings])
    else:
        for finding in findings:
            remedy = "" if finding.good else f"　→ {finding.remedy}"
            click.echo(f"{_mark(finding)} {finding.what}：{finding.state}{remedy}")
    sys.exit(1 if any(finding.broken for finding in findings) else 0)


def _mark(finding: health.Finding) -> str:
    return "✗" if finding.broken else "✓" if finding.good else "！"
