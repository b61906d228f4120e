"""Make .venv and install into it exactly what requirements.lock names; do nothing where that is done already."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an old one gets a sentence
    sys.exit("需要 Python 3.11 或更新的版本，现在是 %d.%d。" % sys.version_info[:2])  # noqa: UP031 - old ones read it too

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCK = ROOT / "requirements.lock"
LINES_SHOWN = 15


def main() -> None:
    """Install what is missing, one set-up at a time."""
    os.umask(0o022)  # the database's own account reads these files too
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current():
            return
        say("正在安装软件包，首次约需一两分钟……")
        STAMP.unlink(missing_ok=True)
        create()
        pip("install", "--require-hashes", "-r", str(LOCK))
        pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
        STAMP.write_text(wanted(), encoding="utf-8")


def wanted() -> str:
    """What the environment has to be made from: the lock, the package's description, and its place."""
    read = b"".join((ROOT / name).read_bytes() for name in ("requirements.lock", "setup.cfg", "pyproject.toml"))
    return f"{hashlib.sha256(read).hexdigest()} {ROOT}\n"


def is_current() -> bool:
    """Whether the environment works and was made from just that."""
    if not STAMP.is_file() or STAMP.read_text(encoding="utf-8") != wanted():
        return False
    return works(str(PYTHON), "-c", "import sys; sys.exit(sys.prefix == sys.base_prefix)")


def create() -> None:
    """Make the environment, with pip in it; where Python came without a pip to put there, fetch one."""
    if works(str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))") and (
        works(str(PYTHON), "-m", "pip", "--version") or works(str(PYTHON), "-m", "ensurepip")
    ):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if works(sys.executable, "-m", "venv", str(VENV)):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    run(sys.executable, "-m", "venv", "--without-pip", str(VENV))
    if not works(sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"):
        sys.exit("这个 Python 缺少 venv 或 pip。请先安装，例如 Debian 和 Ubuntu：apt-get install python3-venv")


def pip(*words: str) -> None:
    """Let the environment's pip do something."""
    run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *words)


def works(*command: str) -> bool:
    """Whether a command can be run and ends well."""
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def run(*command: str) -> None:
    """Run a command to its end, and show what it said only if it failed."""
    done = subprocess.run(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        lines = done.stdout.decode(errors="replace").splitlines()[-LINES_SHOWN:]
        sys.exit("\n".join([*lines, "安装没有成功，原因见上。"]))


def say(text: str) -> None:
    """Tell the person something, in UTF-8 whatever the terminal's locale."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"{error.filename} 用不了：{error.strerror}。")
