import configparser
import shlex

import pytest
from supervisor.options import UnhosedConfigParser

from service.embedded.supervision import Control, Program, configuration, quoted

CONTROL = Control(28_000, "secret")
PROGRAMS = [
    Program("postgres", ("/bin/postgres", "-D", "."), "postgres", 10, stop_signal="INT", stop_seconds=60),
    Program("redis", ("/bin/redis", "redis.conf"), "redis", 20),
    Program("web", ("python", "-m", "gunicorn"), "%(ENV_QST_ROOT)s", 100, group="app"),
    Program("cron", ("python", "worker.py", "cron"), "%(ENV_QST_ROOT)s", 100, group="app"),
]


def parsed(text: str) -> configparser.RawConfigParser:
    """The settings as the supervisor's own parser reads them."""
    parser = UnhosedConfigParser()
    parser.read_string(text)
    return parser


@pytest.mark.parametrize(
    "folder",
    [
        "/srv/qst",
        "/home/李 雷/企声通",
        "/a #1/b ;2/c",
        "/100%/50%d/%(here)s",
        '/it\'s/"quoted"/back\\slash',
        "/" + "/".join(["deep"] * 60),
        "/two  spaces #/; #x",
    ],
)
def test_a_command_reaches_the_supervisor_whatever_the_path_holds(folder):
    command = (f"{folder}/bin/python", "-m", "some thing", "--port=5")
    program = Program("web", command, "app", 1)
    read = parsed(configuration([program], CONTROL, as_root=False)).get("program:web", "command")
    assert tuple(shlex.split(read % {})) == command


def test_quoting_leaves_a_plain_command_as_it_is():
    assert quoted(("/usr/bin/redis-server", "redis.conf")) == "/usr/bin/redis-server redis.conf"


def test_servers_start_by_themselves_and_the_application_when_it_is_asked_to():
    read = parsed(configuration(PROGRAMS, CONTROL, as_root=False))
    starts = {program.name: read.getboolean(f"program:{program.name}", "autostart") for program in PROGRAMS}
    assert starts == {"postgres": True, "redis": True, "web": False, "cron": False}


def test_the_application_stops_first_and_postgres_last():
    read = parsed(configuration(PROGRAMS, CONTROL, as_root=False))
    order = ["group:app", "program:redis", "program:postgres"]
    assert [read.getint(section, "priority") for section in order] == [100, 20, 10]
    assert read.get("group:app", "programs") == "web,cron"
    assert read.get("program:postgres", "stopsignal") == "INT"


def test_whatever_dies_is_started_again_without_end():
    read = parsed(configuration(PROGRAMS, CONTROL, as_root=False))
    for program in PROGRAMS:
        assert read.getboolean(f"program:{program.name}", "autorestart")
        assert read.getint(f"program:{program.name}", "startretries") > 10_000


@pytest.mark.parametrize("as_root", [True, False])
def test_root_is_named_only_for_root(as_root):
    assert parsed(configuration(PROGRAMS, CONTROL, as_root)).has_option("supervisord", "user") is as_root
