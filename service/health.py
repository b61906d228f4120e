"""Whether the service lives, can work, and how it fares."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from service import clock
from service.classifier import operations as classifier
from service.complaints.models import Complaint
from service.complaints.rules import OPEN
from service.db import db
from service.directory import operations as directory
from service.errors import Problem, Unavailable
from service.http import public
from service.jobs import outbox, queue

blp = Blueprint("health", __name__)


@blp.get("/livez")
@public
def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@blp.get("/readyz")
@public
def readyz() -> tuple[dict[str, Any], int]:
    """Everything a filing needs is there. Redis is not among it: without it work is done later, not lost."""
    checks = {"database": database_state(), "model": model_state(), "redis": "ok" if queue.answers() else "away"}
    ready = checks["database"] == "ok" and checks["model"] == "ok"
    return {"status": "ok" if ready else "not ready", "checks": checks}, 200 if ready else 503


def database_state() -> str:
    """ok, or what is missing."""
    try:
        db.session.execute(text("SELECT 1"))
        return "ok" if directory.current().places else "empty"
    except (Unavailable, ProgrammingError):
        # Not seeded yet, or not even migrated.
        db.session.rollback()
        return "empty"
    except SQLAlchemyError:
        db.session.rollback()
        return "away"


def model_state() -> str:
    """ok, or missing."""
    try:
        classifier.version()
        return "ok"
    except Problem:
        return "missing"


@blp.get("/metrics")
@public
def metrics() -> Response:
    """Figures for Prometheus: this service's requests, and the state of its complaints and tasks."""
    registry = CollectorRegistry()
    several = "PROMETHEUS_MULTIPROC_DIR" in os.environ
    counted = MultiProcessCollector(registry) if several else None
    registry.register(_State())
    text_ = generate_latest(registry) if counted else generate_latest(REGISTRY) + generate_latest(registry)
    return Response(text_, content_type=CONTENT_TYPE_LATEST)


class _State:
    """The figures of the database as gauges, asked for when they are read."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What prometheus_client asks of a collector; an outage must not take the figures of requests with it."""
        try:
            known = figures(clock.now())
        except SQLAlchemyError:
            db.session.rollback()
            known = {}
        yield GaugeMetricFamily("qst_database_up", "Whether the database answers", value=bool(known))
        for name, (value, words) in known.items():
            yield GaugeMetricFamily(name, words, value=value)


def figures(now: datetime) -> dict[str, tuple[int, str]]:
    """What the database knows of the service's health, in two statements."""
    late = func.count().filter(Complaint.due_at < now)
    open_ones = select(func.count(), late).where(Complaint.status.in_(sorted(OPEN)))
    total, overdue = db.session.execute(open_ones).one()
    tasks = outbox.counts(now)
    return {
        "qst_complaints_open": (total, "Complaints that are not over"),
        "qst_complaints_overdue": (overdue, "Open complaints with a clock past its end"),
        "qst_tasks_late": (tasks["late"], "Tasks that should have run two minutes ago"),
        "qst_tasks_dead": (tasks["dead"], "Tasks that failed for the last time"),
    }


UNREACHED = "先执行 make run，或检查 DATABASE_URL；未迁移时执行 flask db upgrade 与 flask seed"


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at.

    Attributes:
        grave: whether the service cannot do its work where this is not good; what people are late with is not.
    """

    what: str
    good: bool
    state: str
    remedy: str = ""
    grave: bool = True

    @property
    def broken(self) -> bool:
        """Whether something has to be mended."""
        return self.grave and not self.good


def examine(now: datetime) -> list[Finding]:
    """What is configured, reachable, overdue and stuck, each with what to do."""
    database, model, heard, secret = database_state(), model_state(), queue.answers(), current_app.config["SECRET_KEY"]
    findings = [
        Finding("数据库", database == "ok", database, UNREACHED),
        Finding("分类模型", model == "ok", model, "执行 flask model train"),
        Finding("Redis", heard, "ok" if heard else "away", "检查 REDIS_URL；恢复前任务会推迟，不会丢失"),
        Finding("密钥", len(secret) >= 32, f"{len(secret)} 个字符", "设置 32 个字符以上的随机 SECRET_KEY，并妥善备份"),
    ]
    return findings + (_backlog(now) if database == "ok" else [])


def _backlog(now: datetime) -> list[Finding]:
    known = figures(now)
    late, dead = known["qst_tasks_late"][0], known["qst_tasks_dead"][0]
    overdue = known["qst_complaints_overdue"][0]
    return [
        Finding("后台任务", late == 0, f"{late} 个推迟", "确认 worker 与 cron 在运行"),
        Finding("失败任务", dead == 0, f"{dead} 个", "查看 outbox 表中 dead_at 不为空的行"),
        Finding(
            "逾期诉求",
            overdue == 0,
            f"{overdue} 件",
            "由督办人在督办台查看并督办，或在接口用 due=overdue 查看",
            grave=False,
        ),
    ]
