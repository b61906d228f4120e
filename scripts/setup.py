"""Install into .venv what requirements.lock names, and build what pages load; do nothing that is done already."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an old one gets a sentence
    sys.exit("需要 Python 3.11 或更新的版本，现在是 %d.%d。" % sys.version_info[:2])  # noqa: UP031 - old ones read it too

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCK = ROOT / "requirements.lock"
LINES_SHOWN = 15
ASSETS = ROOT / "service" / "web" / "assets"
MANIFEST = ROOT / "service" / "web" / "static" / "manifest.json"
BUILT = ASSETS / "node_modules" / "built"
ENGLISH = ROOT / "service" / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
NODE_LOCK = ROOT / "scripts" / "node.lock"
NODE, NPM = 18, 9  # the oldest that build the pages' assets


def main() -> None:
    """Install what is missing, one set-up at a time."""
    os.umask(0o022)  # the database's own account reads these files too
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current():
            install()
        if not is_built():
            build()
        if not is_told():
            run(str(PYTHON), "-m", "scripts.messages", "compile")


def install() -> None:
    """Make the environment as the lock has it."""
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


def build() -> None:
    """Build the styles, the script and the icons of the pages."""
    say("正在生成网页的样式和脚本……")
    os.environ["PATH"] = node_path()
    BUILT.unlink(missing_ok=True)
    run("npm", "ci", "--prefix", str(ASSETS))
    run("npm", "run", "build", "--prefix", str(ASSETS))
    BUILT.write_text(sources(), encoding="utf-8")


def is_built() -> bool:
    """Whether what pages load was built from the sources as they are."""
    return MANIFEST.is_file() and BUILT.is_file() and BUILT.read_text(encoding="utf-8") == sources()


def is_told() -> bool:
    """Whether the compiled English is as new as its source."""
    return ENGLISH.is_file() and ENGLISH.stat().st_mtime >= ENGLISH.with_suffix(".po").stat().st_mtime


def sources() -> str:
    """A hash over everything that the assets are built from."""
    files = [path for path in ASSETS.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    return digest(
        part for path in sorted(files) for part in (str(path.relative_to(ASSETS)).encode(), path.read_bytes())
    )


def digest(parts: Iterable[bytes]) -> str:
    """One hash over parts that cannot be shifted into each other."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def node_path() -> str:
    """A PATH with a Node and an npm new enough: the machine's own, or else those of a package put into .venv."""
    own = os.environ.get("PATH", os.defpath)
    if major("node") >= NODE and major("npm") >= NPM:
        return own
    if not works(str(VENV / "bin" / "npm"), "--version"):
        pip("install", "--require-hashes", "-r", str(NODE_LOCK))
    return f"{VENV / 'bin'}{os.pathsep}{own}"


def major(program: str) -> int:
    """The first number of a program's version; 0 where there is none."""
    found = shutil.which(program)
    if found is None:
        return 0
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return int(match[0]) if (match := re.search(r"\d+", said)) else 0


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
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=ROOT
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
