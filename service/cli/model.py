"""Models: trained, measured, and which of them answers."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from service import clock, health
from service.classifier import corpus, storage
from service.classifier import operations as classifier
from service.cli.terminal import TERMINAL, show, told
from service.db import transaction
from service.errors import Unavailable
from service.learning import operations as learning
from service.learning import registry, rounds
from service.learning.models import CHALLENGER, CHAMPION, REFUSED, RETIRED, ModelVersion

MODEL_STATES = {CHALLENGER: "待决定", REFUSED: "未启用", RETIRED: "已换下"}
DATA_OPTIONS = (
    click.option("--data", type=click.Path(path_type=Path), help="CSV 或 CSV.GZ；训练时不给则用 data/examples"),
    click.option("--text", "columns", default="text", help="文字所在的列，多列用逗号隔开，标题在前"),
    click.option("--label", default="label", help="标签所在的列"),
)
WHY = click.option("--why", default="由命令行操作。", show_default=True, help="理由，记入审计")

models = AppGroup("model", help="训练、评估与切换分类模型。")


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
