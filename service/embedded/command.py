"""The commands behind `make run` and `make clean-data`: python -m service.embedded run | forget."""

import os
import shutil
import signal
from types import FrameType

from service.embedded import folder, processes
from service.embedded.folder import Running
from service.embedded.run import STOP_SIGNALS, run, say
from service.embedded.settings import Settings
from service.errors import Unavailable


def forget(settings: Settings) -> None:
    """Delete var/ with all data in it.

    Raises:
        Running: the service is using it.
        Unavailable: it is no folder of ours.
    """
    if folder.is_strange(settings.var):
        raise Unavailable(f"{settings.var} 不是企声通的数据文件夹，没有删除。")
    if not settings.var.is_dir():
        return
    with folder.hold(settings.var, settings.address):
        processes.end_left_behind(settings.var)
        shutil.rmtree(settings.var)
    say(f"已删除 {settings.var}，其中的数据都没有了。")


COMMANDS = {"run": run, "forget": forget}


def main(name: str) -> int:
    """Run a command; gives the exit code.

    A service that runs already is what was asked for, so that is no failure.
    """
    os.umask(0o077)
    for number in STOP_SIGNALS:
        _listen(number)
    try:
        COMMANDS[name](Settings.read(os.environ))
    except KeyboardInterrupt:
        say("已停止。")
    except Running as running:
        say(f"企声通已经在运行：{running.address}（进程号 {running.pid}）。要停止它：kill {running.pid}")
    except Unavailable as problem:
        say(problem.message)
        return 1
    except OSError as error:
        say(f"{error.filename or ''} 用不了：{error.strerror}。")
        return 1
    return 0


def _listen(number: signal.Signals) -> None:
    """Take a signal for the wish to stop, but not the end of a terminal that nohup said to ignore."""
    if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
