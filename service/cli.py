"""The flask commands: each parses, calls an operation, prints. `--json` where a program reads it."""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from service import clock, demonstration, health, simulation
from service.accounts import operations as accounts
from service.accounts.rules import ROLES, Grant, Reader
from service.audit import operations as audit
from service.casework import climbing, notes, recounting, wording
from service.classifier import corpus, storage
from service.classifier import operations as classifier
from service.complaints import exporting, listing
from service.complaints import operations as complaints
from service.complaints.schemas import ListQuerySchema
from service.db import transaction
from service.deadlines import operations as deadlines
from service.deadlines import terminal
from service.deadlines.rules import Unit
from service.deadlines.schemas import ExplanationSchema
from service.directory import operations as directory
from service.errors import Problem, Unavailable
from service.fields import flatten
from service.insight import tallying
from service.intake import importing, prefill
from service.knowledge import operations as knowledge
from service.learning import operations as learning
from service.learning import registry, rounds
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, RETIRED, ModelVersion
from service.notices import administration as notices

ACTOR = "命令行"
TERMINAL = Reader(login=ACTOR)


def told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say a problem as one sentence and end with 1, instead of a stack."""

    @with_appcontext
    @wraps(command)
    def telling(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Problem as problem:
            raise click.ClickException(problem.message) from problem
        except OperationalError as error:
            raise click.ClickException("数据库连不上。请先执行 make run，或检查 DATABASE_URL。") from error
        except ProgrammingError as error:
            raise click.ClickException("数据库里的表不是这一版的，请先执行 flask db upgrade。") from error

    return telling


def show(document: Any) -> None:
    """One JSON document on one line."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


# --- reference data --------------------------------------------------------------------------------------------------


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


# --- understanding ---------------------------------------------------------------------------------------------------


@click.command()
@click.argument("text", required=False)
@click.option("--lines", type=click.File(encoding="utf-8-sig"), help="每行一条文字，每行回一个 JSON")
@told
def classify(text: str | None, lines: TextIO | None) -> None:
    """判断一段文字属于哪个类别，给出概率和依据。"""
    if (text is None) == (lines is None):
        raise click.UsageError("请给出一段文字，或用 --lines 给出一个文件。")
    for suggestions in classifier.suggest_many([text] if text is not None else _lines(lines)):
        show([{"code": one.code, "probability": round(one.probability, 4), "sure": one.sure,
               "reasons": [reason.word for reason in one.reasons],
               "against": [reason.word for reason in one.against]} for one in suggestions])  # fmt: skip


@click.command()
@click.argument("text", required=False)
@click.option("--lines", type=click.File(encoding="utf-8-sig"), help="每行一条文字，每行回一个 JSON")
@click.option("--json", "_as_json", is_flag=True, help="总是 JSON，写不写都一样")
@told
def facts(text: str | None, lines: TextIO | None, _as_json: bool) -> None:
    """读出一段文字里的金额、地点、被反映单位、日期、文件等。"""
    if (text is None) == (lines is None):
        raise click.UsageError("请给出一段文字，或用 --lines 给出一个文件。")
    book = directory.current()
    for one in [text] if text is not None else _lines(lines):
        show(prefill.told(prefill.understand(one, book), book))


def _lines(file: TextIO | None) -> list[str]:
    try:
        return [line.rstrip("\r\n") for line in file or ()]
    except UnicodeDecodeError as error:
        raise click.UsageError("文件不是 UTF-8 编码，请另存为 UTF-8 后再试。") from error


MODEL_STATES = {CHALLENGER: "待决定", REFUSED: "未启用", RETIRED: "已换下"}

models = AppGroup("model", help="训练、评估与切换分类模型。")
DATA_OPTIONS = (
    click.option("--data", type=click.Path(path_type=Path), help="CSV 或 CSV.GZ；训练时不给则用 data/examples"),
    click.option("--text", "columns", default="text", help="文字所在的列，多列用逗号隔开，标题在前"),
    click.option("--label", default="label", help="标签所在的列"),
)


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where a command's texts and labels come from."""
    for option in reversed(DATA_OPTIONS):
        command = option(command)
    return command


@models.command("train")
@data_options
@click.option("--output", type=click.Path(path_type=Path), help="只写到这个文件，不登记也不启用")
@click.option("--if-missing", is_flag=True, help="已有启用的模型时什么也不做")
@click.option("--force", is_flag=True, help="不经比较直接启用")
@told
def train(data: Path | None, columns: str, label: str, output: Path | None, if_missing: bool, force: bool) -> None:
    """训练一个模型，给出交叉验证的成绩；不给 --output 时登记，比使用中的好才启用。

    不给 --data 时用 data/examples 和工作人员的纠正样本；给了 --data 就无从比较，直接启用。
    """
    if if_missing and (there := _present()):
        click.echo(f"已有模型 {there}，不再训练。")
        return
    if output or health.database_state() != "ok":
        show(storage.about(_train_here(_corpus(data, columns, label), output)))
        return
    taught = None if data is None else _corpus(data, columns, label)
    with transaction():
        trained = rounds.run(TERMINAL, clock.now(), taught, force=force or data is not None)
    _point(trained)
    click.echo(f"{trained.version}：{trained.reason}")
    show(trained.about)


def _train_here(taught: corpus.Corpus, output: Path | None) -> Path:
    """Train a model that no database learns of: for a file, or for this machine alone."""
    # Only training needs scikit-learn; no web process should carry it.
    from service.classifier import training

    lesson = training.learn(taught)
    if output is None:
        return storage.keep(lesson.model, classifier.models(), lesson.outcomes)
    storage.save(lesson.model, output)
    return output


def _present() -> str | None:
    """The version that this machine can answer with, fetched where only the database has it; None where there is none.

    A model of this machine that no database knows of is registered.
    """
    with suppress(Unavailable):
        if health.database_state() == "ok":
            with transaction():
                if champion := registry.register_first(clock.now()):
                    registry.model_of(champion.version)
                    _point(champion)
                    return champion.version
    return classifier.version() if health.model_state() == "ok" else None


def _point(one: ModelVersion) -> None:
    """Let processes that start on this machine answer with what now answers; those that run find out by themselves."""
    if one.state == CHAMPION:
        storage.point(classifier.models(), one.version)


@models.command("evaluate")
@data_options
@click.option("--model", "path", type=click.Path(path_type=Path), help="模型文件；不给则用启用的模型")
@click.option("--json", "as_json", is_flag=True)
@told
def evaluate(data: Path | None, columns: str, label: str, path: Path | None, as_json: bool) -> None:
    """用带标签的数据检验一个模型。"""
    from service.classifier import evaluation

    model = storage.load(path or storage.current(classifier.models()))
    found = evaluation.evaluate(model, _corpus(data, columns, label))
    if as_json:
        show(found)
    else:
        click.echo("\n".join(f"{name}：{value}" for name, value in found.items() if not isinstance(value, dict | list)))


def _corpus(data: Path | None, columns: str, label: str) -> corpus.Corpus:
    if data is None:
        return corpus.read_seed(current_app.config["DATA"])
    return corpus.read_csv(data, [column.strip() for column in columns.split(",")], label)


@models.command("list")
@click.option("--json", "as_json", is_flag=True)
@told
def list_models(as_json: bool) -> None:
    """列出训练过的模型，使用中的在最前；数据库连不上时列出本机保存的。"""
    if health.database_state() == "ok":
        every = [{**one.about, "state": one.state, "current": one.state == CHAMPION} for one in learning.versions()]
    else:
        every = storage.listed(classifier.models())
    for about in sorted(every, key=lambda about: not about["current"]):
        if as_json:
            show(about)
        else:
            click.echo(_in_a_line(about))


def _in_a_line(about: Mapping[str, Any]) -> str:
    """A version as the page lists it: its state, when and on how many texts it was trained, how often it is right."""
    state = "使用中" if about["current"] else MODEL_STATES.get(about.get("state", ""), "本机保存")
    trained = clock.local(datetime.fromisoformat(about["trained_at"]))
    measured = (about.get("cross_validation") or {}).get("accuracy")
    right = f"第一个对 {measured:.1%}" if measured is not None else "没有测过"
    return f"{about['version']}　{state}　{trained:%Y-%m-%d %H:%M} 训练　{about['texts']} 条文本　{right}"


WHY = click.option("--why", default="由命令行操作。", show_default=True, help="理由，记入审计")


@models.command("promote")
@click.argument("version")
@WHY
@told
def promote(version: str, why: str) -> None:
    """启用一个训练过的模型；各处数秒内改用它，不用重启。"""
    with transaction():
        chosen = learning.promote(version, TERMINAL, clock.now(), why)
    _point(chosen)
    click.echo(f"已启用 {version}。")


@models.command("rollback")
@WHY
@told
def roll_back(why: str) -> None:
    """退回上一个启用的模型，回答与当时完全一样；以后训练出的模型先等人决定。"""
    with transaction():
        chosen = learning.roll_back(TERMINAL, clock.now(), why)
    _point(chosen)
    click.echo(f"已退回 {chosen.version}。")


@models.command("automatic")
@click.argument("choice", type=click.Choice(["on", "off"]))
@told
def set_automatic(choice: str) -> None:
    """比使用中的好的新版本：on 由系统直接启用，off 等人决定（退回上一版后自动改为 off）。"""
    with transaction():
        learning.set_promotes_by_itself(choice == "on", TERMINAL, clock.now())
    click.echo("新版本通过比较后由系统启用。" if choice == "on" else "新版本通过比较后等人决定。")


@models.command("retrain")
@told
def retrain() -> None:
    """请后台用到现在为止的纠正样本训练一次。"""
    with transaction():
        learning.retrain(TERMINAL, clock.now(), "由命令行操作。")
    click.echo("已安排训练；用 flask model list 查看结果。")


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


UNITS = {
    "working_days": Unit.WORKING_DAYS,
    "days": Unit.CALENDAR_DAYS,
    "working_hours": Unit.WORKING_HOURS,
    "hours": Unit.CLOCK_HOURS,
}


def _calendar(region: str | None) -> Any:
    """The nation's calendar needs no database; a place's own days do."""
    if region is None:
        return deadlines.offline(current_app.config["DATA"])
    book = directory.current()
    if region not in book.places:
        raise click.UsageError(f"没有地区编码 {region}。")
    return deadlines.calendar(book.chain(region), book.revision)


# --- people ----------------------------------------------------------------------------------------------------------

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


# --- tables ----------------------------------------------------------------------------------------------------------

FILTERS = ListQuerySchema(only=("department", "status", "family", "region", "due", "q"))
AS = click.option("--as", "login", required=True, help="以哪个账户的名义；只能看到、提交这个账户可以的")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@AS
@click.option("--good-only", is_flag=True, help="有问题的行留下，只导入正确的；默认有错则一行也不导入")
@click.option("--result", type=click.Path(dir_okay=False, path_type=Path), help="把没有导入的行和原因写到这个文件")
@told
def import_table(file: Path, login: str, good_only: bool, result: Path | None) -> None:
    """从按模板填写的 Excel 表导入诉求；同一行不会导入两次。"""
    now = clock.now()
    with transaction():
        reader = accounts.reader(accounts.user_named(login))
        made = importing.receive(file.read_bytes(), file.name, reader, now, queued=False)
    with transaction():
        importing.check(made.id, now)
    if result and made.bad:
        result.write_bytes(importing.result(made))
    for row, why, _cells in importing.faults(made):
        click.echo(f"第 {row} 行　{'；'.join(why.splitlines())}", err=True)
    if made.good and made.state == "checked":
        _file_all(made.id, reader, not good_only)
    click.echo(made.why or f"共 {made.total} 行：导入 {made.filed}，有问题 {made.bad}，以前已导入 {made.same}。")
    sys.exit(1 if made.why or made.bad else 0)


def _file_all(import_id: int, reader: Reader, whole: bool) -> None:
    with transaction():
        importing.begin(import_id, reader, whole, clock.now(), queued=False)
    more = True
    while more:
        with transaction():
            more = importing.file_some(import_id, clock.now(), queued=False)


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
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
        order = exporting.Order(listing.Wanted(**wanted), list(exporting.COLUMNS), reader.roles)
        count = exporting.write(order, reader, clock.now(), target)
    click.echo(f"导出 {count} 件到 {file}。")


# --- keeping watch ---------------------------------------------------------------------------------------------------


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


limits = AppGroup("deadlines", help="全部期限的重新计算与核对。")


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


figures = AppGroup("figures", help="看板的统计数据。")


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


audits = AppGroup("audit", help="办理记录的防篡改校验。")


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


def register(app: Flask) -> None:
    """Add every command to an app."""
    understanding = (classify, facts, models)
    tables = (import_table, export_table)
    for command in (
        seed,
        *understanding,
        deadline,
        users,
        token,
        *tables,
        sweep,
        limits,
        figures,
        audits,
        examine,
        demo,
        simulate,
    ):
        app.cli.add_command(command)
