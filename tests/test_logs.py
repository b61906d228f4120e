"""Logs must never cost anybody an answer."""

import json
import os
import subprocess
import sys

from service.logs import Heedless

SCRIPT = """
import json
import os
import sys

from service import logs

logs.configure()
import structlog

reader, writer = os.pipe()
os.dup2(writer, 2)
os.close(reader)
structlog.get_logger().info("nobody reads this", text="五原县")
print("went on")
"""


def test_a_log_that_nobody_reads_any_more_fails_nothing() -> None:
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == "went on\n", ran.stderr


def test_what_is_written_arrives_while_somebody_reads() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream, os.fdopen(reader) as other_end:
        heedless = Heedless(stream)
        heedless.write("one line\n")
        heedless.flush()
        assert other_end.readline() == "one line\n"


def test_what_libraries_say_is_json_too_and_callers_addresses_are_left_out() -> None:
    script = (
        "import logging, logging.config; from service.logs import of_libraries\n"
        "logging.config.dictConfig(of_libraries())\n"
        "logging.getLogger('gunicorn.error').info('Listening')\n"
        "logging.getLogger('gunicorn.access').info('127.0.0.1 GET /')\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    (line,) = ran.stderr.splitlines()
    assert json.loads(line)["event"] == "Listening"
