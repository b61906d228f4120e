from pathlib import Path

import pytest

from service.config import ROOT
from service.embedded.processes import MARK
from service.embedded.settings import Settings
from service.errors import Unavailable


def test_without_a_word_it_listens_on_this_machine_only():
    settings = Settings.read({})
    assert (settings.host, settings.port, settings.var) == ("127.0.0.1", 5000, (ROOT / "var").resolve())
    assert settings.embeds_database
    assert settings.embeds_redis


def test_empty_words_are_no_words():
    assert Settings.read({"PORT": "", "HOST": "", "QST_VAR": "", "DATABASE_URL": ""}) == Settings(
        (ROOT / "var").resolve(), "127.0.0.1", 5000, {"PORT": "", "HOST": "", "QST_VAR": "", "DATABASE_URL": ""}
    )


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104
        ("::", "http://[::1]:80"),
        ("10.0.0.5", "http://10.0.0.5:80"),
    ],
)
def test_the_address_is_one_to_click_on(host, address):
    assert Settings.read({"HOST": host, "PORT": "80"}).address == address


def test_a_relative_folder_means_the_same_to_every_process(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({"QST_VAR": "here"})
    assert settings.surroundings()["QST_VAR"] == str(tmp_path.resolve() / "here")
    assert settings.surroundings()[MARK] == str(tmp_path.resolve() / "here")


def test_an_odd_environment_does_not_reach_what_is_started():
    odd = {"LC_ALL": "tr_TR", "LC_CTYPE": "x", "PGHOST": "elsewhere", "PGSSLMODE": "require", "LANG": "en_US.UTF-8"}
    surroundings = Settings.read(odd).surroundings()
    assert surroundings["LC_ALL"] == "C.UTF-8"
    assert not [name for name in surroundings if name.startswith("PG") or name == "LC_CTYPE"]
    assert surroundings["PATH"]


def test_the_settings_of_somebody_elses_database_are_left_alone():
    given = {"DATABASE_URL": "postgresql://db/x", "PGSSLROOTCERT": "/ca.pem", "PATH": "/opt/bin"}
    surroundings = Settings.read(given).surroundings()
    assert {name: surroundings[name] for name in given} == given


def test_a_bad_port_is_said_before_anything_starts():
    with pytest.raises(Unavailable, match="abc"):
        Settings.read({"PORT": "abc"})


def test_the_folder_is_absolute():
    assert Path(Settings.read({"QST_VAR": "a/../b"}).surroundings()["QST_VAR"]).is_absolute()
