"""How the commands speak: one sentence where something is wrong, a document a line where a program reads."""

import json
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from service.accounts.rules import Reader
from service.errors import Problem

ACTOR = "命令行"
TERMINAL = Reader(login=ACTOR)


class Target(click.Path):
    """A file to be written: that its folder is there is asked before anything is done."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, where something can be written to it."""
        path = Path(str(super().convert(value, param, ctx)))
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            self.fail(f"写不了 {path}：文件夹不存在，或者没有写入的权限。", param, ctx)
        return path


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
