import json
import os

import pytest

from service.embedded import folder
from service.embedded.folder import Access
from service.errors import Unavailable

GOOD = Access(20_001, "ab12")


@pytest.fixture
def open_umask():
    """A person whose files everybody may write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("open_umask")
def test_everything_is_closed_to_others_even_where_the_umask_is_open(tmp_path):
    var = tmp_path / "var"
    folder.prepare(var)
    folder.ensure_secret(var / "secret.key", data_exists=False)
    folder.write_accesses(var / "embedded.json", {"redis_url": GOOD})
    assert [mode(var), mode(var / "log"), mode(var / "tmp")] == [0o700] * 3
    assert [mode(var / "secret.key"), mode(var / "embedded.json")] == [0o600] * 2


def test_preparing_twice_changes_nothing(tmp_path):
    var = tmp_path / "var"
    folder.prepare(var)
    (var / "secret.key").write_text("k")
    folder.prepare(var)
    assert (var / "secret.key").read_text() == "k"


@pytest.mark.parametrize("name", ["var", "var/log", "var/tmp"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    if name != "var":
        (tmp_path / "var" / folder.MARK).touch()
    (tmp_path / name).touch()
    with pytest.raises(Unavailable, match=str(tmp_path / name)):
        folder.prepare(tmp_path / "var")


def test_a_folder_with_other_peoples_things_is_neither_closed_nor_used(tmp_path):
    (tmp_path / "photo.jpg").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(Unavailable, match="别的东西"):
        folder.prepare(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_folder_is_known_again_whatever_was_lost_in_it(tmp_path):
    var = tmp_path / "var"
    folder.prepare(var)
    (var / "something").touch()
    assert not folder.is_strange(var)


def test_only_one_can_hold_a_folder(tmp_path):
    with folder.hold(tmp_path, "http://127.0.0.1:5000"):
        with pytest.raises(folder.Running) as raised, folder.hold(tmp_path, "http://127.0.0.1:5001"):
            pytest.fail("two held it")
        assert raised.value.address == "http://127.0.0.1:5000"
        assert raised.value.pid == str(os.getpid())


def test_a_folder_that_was_let_go_can_be_held_again_and_shows_no_trace(tmp_path):
    with folder.hold(tmp_path, "a"):
        pass
    with folder.hold(tmp_path, "b"):
        assert json.loads((tmp_path / "running.json").read_text())["address"] == "b"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_a_killed_holder_left_holds_nothing(tmp_path):
    (tmp_path / "running.json").write_text('{"address": "old", "pid": 1}')
    with folder.hold(tmp_path, "new"):
        assert "new" in (tmp_path / "running.json").read_text()


def test_addresses_are_read_as_they_were_written(tmp_path):
    accesses = {"database_url": GOOD, "redis_url": Access(24_001, "cd34")}
    folder.write_accesses(tmp_path / "embedded.json", accesses)
    assert folder.read_accesses(tmp_path / "embedded.json") == accesses


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{{{",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"\xff\xfe\x00",
        b'{"database_url": 5}',
        b'{"database_url": "postgresql://postgres@127.0.0.1:20001/x"}',
        b'{"database_url": "postgresql://postgres:ab12@127.0.0.1/x"}',
        b'{"database_url": "postgresql://postgres:ab12@127.0.0.1:port/x"}',
        b'{"database_url": "postgresql://postgres:ab12@[127/x"}',
        b'{"database_url": "postgresql://postgres:a\';DROP@127.0.0.1:20001/x"}',
    ],
)
def test_damaged_addresses_are_as_good_as_none(tmp_path, content):
    path = tmp_path / "embedded.json"
    path.write_bytes(content)
    assert folder.read_accesses(path) == {}


def test_missing_addresses_are_none(tmp_path):
    assert folder.read_accesses(tmp_path / "embedded.json") == {}


def test_a_secret_key_is_made_once_and_kept(tmp_path):
    path = tmp_path / "secret.key"
    folder.ensure_secret(path, data_exists=False)
    made = path.read_text()
    folder.ensure_secret(path, data_exists=True)
    assert path.read_text() == made
    assert len(made) >= 64


@pytest.mark.parametrize("content", [None, b"", b"short", b"\xff" * 64])
def test_a_lost_key_is_not_replaced_while_there_is_data(tmp_path, content):
    path = tmp_path / "secret.key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"secret\.key"):
        folder.ensure_secret(path, data_exists=True)
    assert (path.read_bytes() if path.exists() else None) == content


def test_two_passwords_are_never_the_same_and_need_no_quoting():
    passwords = {folder.new_password() for _ in range(50)}
    assert len(passwords) == 50
    assert all(password.isalnum() for password in passwords)
