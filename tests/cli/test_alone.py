"""Commands where no server is named, or none that was prepared."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from service.config import ROOT, Config
from tests.apps import other
from tests.cli.runs import runner, said
from tests.servers import Servers, database


def flask(*words: str, var: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the real command in the project's root, where no server is named."""
    named = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "QST_VAR", "LANG", "LC_ALL"}
    surroundings = {name: value for name, value in os.environ.items() if name not in named}
    command = [str(Path(sys.executable).with_name("flask")), *words]
    return subprocess.run(
        command, cwd=ROOT, env={**surroundings, "QST_VAR": str(var)}, input=given, capture_output=True,
        encoding="utf-8", timeout=100, check=False,
    )  # fmt: skip


def test_a_deadline_needs_no_database(tmp_path: Path) -> None:
    done = flask("deadline", "2026-09-30", "--working-days", "5", "--json", var=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["due_at"] == "2026-10-13T17:30:00+08:00"


def test_classifying_needs_no_database_but_a_model(seeded: Flask, config: Config, tmp_path: Path) -> None:
    done = flask("classify", "--lines", "-", var=config.var, given="退税一直没有到账\n\n")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2), done.stderr
    assert json.loads(done.stdout.splitlines()[0])[0]["code"] == "tax.refund"
    without = flask("classify", "退税", var=tmp_path)
    assert (without.returncode, "flask model train" in without.stderr) == (1, True)
    assert len(without.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", [["user", "list"], ["sweep"], ["audit", "verify"], ["seed"]])
def test_what_needs_a_database_says_so_in_one_sentence(words: list[str], config: Config, tmp_path: Path) -> None:
    nowhere = Config.from_environment({"QST_VAR": str(tmp_path)}).database_url
    with other(config, database_url=nowhere) as stranded:
        output = said(runner(stranded)(*words), code=1)
    assert output == "Error: 数据库连不上。请先执行 make run，或检查 DATABASE_URL。\n"


def test_a_database_without_tables_is_told(config: Config, servers: Servers) -> None:
    with database(servers.database_url) as url, other(config, database_url=url.replace("://", "+psycopg://")) as bare:
        output = said(runner(bare)("user", "list"), code=1)
    assert "flask db upgrade" in output
