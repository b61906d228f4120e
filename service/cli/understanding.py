"""What the service makes of a text."""

from typing import TextIO

import click

from service.classifier import operations as classifier
from service.cli.terminal import show, told
from service.directory import operations as directory
from service.intake import prefill


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
