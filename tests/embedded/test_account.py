import os
import subprocess

import pytest

from service.embedded import servers
from service.embedded.account import Account, capability_words, for_servers
from service.errors import Unavailable

READ_SEARCH, OVERRIDE = 1 << 2, 1 << 1
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user cannot become another")


@pytest.mark.parametrize(
    ("bounding_set", "name"),
    [(READ_SEARCH | OVERRIDE, "dac_read_search"), (READ_SEARCH, "dac_read_search"), (OVERRIDE, "dac_override")],
)
def test_the_least_capability_is_kept(bounding_set, name):
    assert f"--ambient-caps=+{name}" in capability_words(bounding_set)


def test_there_is_a_sentence_where_no_capability_can_be_kept():
    with pytest.raises(Unavailable, match="普通用户"):
        capability_words(0)


def test_the_servers_never_run_as_root_and_get_at_what_they_need(tmp_path):
    tmp_path.chmod(0o700)
    account = for_servers(tmp_path, servers.needed())
    assert account.uid != 0
    files = [str(path) for path in servers.needed()]
    subprocess.run([*account.prefix, "head", "-c1", *files], cwd=tmp_path, check=True, capture_output=True)
    program = [*account.prefix, str(servers.postgres_binary("initdb")), "--version"]
    assert b"PostgreSQL" in subprocess.run(program, check=True, capture_output=True).stdout


def test_the_account_owns_what_it_is_given(tmp_path):
    account = for_servers(tmp_path, servers.needed())
    file = tmp_path / "file"
    file.touch()
    account.give(file)
    assert file.stat().st_uid == account.uid


@only_root
def test_data_stays_with_the_one_who_owns_it(tmp_path):
    (tmp_path / "postgres").mkdir()
    os.chown(tmp_path / "postgres", 1, 1)
    assert for_servers(tmp_path, servers.needed()).uid == 1


@only_root
def test_a_folder_that_only_root_can_pass_is_passed_without_being_opened(tmp_path):
    closed = tmp_path / "closed"
    var = closed / "var"
    var.mkdir(parents=True)
    closed.chmod(0o700)
    account = for_servers(var, servers.needed())
    subprocess.run([*account.prefix, "test", "-x", str(var)], check=True)
    assert closed.stat().st_mode & 0o777 == 0o700
    written = subprocess.run([*account.prefix, "touch", str(closed / "x")], check=False, capture_output=True)
    assert written.returncode != 0


def test_an_ordinary_user_runs_things_as_they_are():
    assert Account(1000, 1000).prefix == ()
