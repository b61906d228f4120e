"""Settings of the web server: gunicorn -c gunicorn.conf.py wsgi:app."""

import gc
import os
import shutil
from typing import Any

from service.config import Config
from service.logs import of_libraries

_host = os.environ.get("HOST") or "127.0.0.1"
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT') or 5000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
# The model and the dictionaries are loaded once, and shared. Nothing may connect to the database before the fork.
preload_app = True
timeout = 60
graceful_timeout = 20
# In memory where there is some: a slow disk must not look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
logconfig_dict = of_libraries()


# Each worker keeps its figures in files of this folder, and /metrics adds them up. The app is imported after this.
_metrics = Config.from_environment().var / "metrics" / str(os.environ.get("PORT") or 5000)
shutil.rmtree(_metrics, ignore_errors=True)
_metrics.mkdir(parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)


def when_ready(server: Any) -> None:
    """Before the first fork: load the model and the calendar once for all workers, and keep them shared."""
    from service.app import warm

    warm(server.app.wsgi())
    gc.collect()
    # The collector writes on every object it visits, and so would copy what the workers share.
    gc.freeze()


def post_fork(server: Any, _: Any) -> None:
    """In each worker: take up the model that the database names, now and whenever it names another."""
    from service.learning import following

    following.watch(server.app.wsgi())


def child_exit(_: Any, worker: Any) -> None:
    """A worker that is gone no longer counts."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)
