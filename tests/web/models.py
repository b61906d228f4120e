"""Versions and corrections as the model's desk shows them, without training anything."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from service import clock
from service.db import db, transaction
from service.learning import registry
from service.learning.models import CHALLENGER, CHAMPION, RETIRED, Example, ModelVersion

LIMIT = {"threshold": 0.5, "coverage": 0.4, "error": 0.03, "low": 0.02, "high": 0.05, "n": 400}
ABOUT: dict[str, Any] = {
    "hints": 90,
    "parameters": {"C": 0.5},
    "libraries": {"numpy": "2.0"},
    "cross_validation": {
        "n": 1000, "accuracy": 0.83, "macro_f1": 0.79, "top3_accuracy": 0.947, "family_accuracy": 0.91, "ece": 0.021,
    },
    "coverage": {
        "error": 0.03,
        "ways": {},
        "all": LIMIT,
        "families": {
            "arrears": {**LIMIT, "threshold": 0.61, "coverage": 0.7},
            "policy": {"threshold": 1.01, "coverage": 0.0, "error": 0.0, "low": 0.0, "high": 1.0, "n": 0},
        },
        "curve": [[0.02, 0.0], [0.2, 0.01], [0.4, 0.03], [0.6, 0.06], [0.8, 0.1], [1.0, 0.17]],
        "bins": [[0.23, 0.3, 40], [0.45, 0.5, 130], [0.65, 0.62, 260], [0.85, 0.86, 350], [0.97, 0.96, 220]],
        "familiarity": 0.32,
    },
}  # fmt: skip
REPORT: dict[str, Any] = {
    "verdict": "worse",
    "reason": "渠道“热线”变差了。",
    "slices": [
        {"name": "all", "kind": "all", "n": 900, "champion": 0.8, "challenger": 0.83, "difference": 0.03,
         "low": 0.01, "high": 0.05, "verdict": "better"},
        {"name": "arrears", "kind": "family", "n": 200, "champion": 0.9, "challenger": 0.9, "difference": 0.0,
         "low": -0.02, "high": 0.02, "verdict": "same"},
        {"name": "hotline", "kind": "channel", "n": 100, "champion": 0.8, "challenger": 0.7, "difference": -0.1,
         "low": -0.15, "high": -0.04, "verdict": "worse"},
    ],
    "capped": [{"kind": "enterprise", "who": "3f2a", "examples": 180, "counted": 20}],
    "added": {"arrears.construction": 12},
    "confusions": [["arrears.construction", "arrears.goods-services", 7]],
}  # fmt: skip
OLD, NOW, NEW = "20261101-aaaaaaaa", "20261110-bbbbbbbb", "20261120-cccccccc"
WORDS = "我公司承建的供热管网工程已竣工验收，尾款一直没有支付。"


def version(name: str, state: str = CHAMPION, **changes: Any) -> None:
    """A version that was never trained."""
    with transaction():
        _version(name, state, **changes)


def _version(name: str, state: str = CHAMPION, **changes: Any) -> None:
    row = {
        "version": name, "trained_at": clock.now() - timedelta(hours=1), "trained_by": None, "state": state,
        "data": "0123456789abcdef", "texts": 1010, "examples": 10, "about": ABOUT, "report": {},
        "decided_at": clock.now(), "decided_by": None, "reason": None,
    }  # fmt: skip
    db.session.add(ModelVersion(**{**row, **changes}))


def three() -> None:
    """One version that was used, one that is, one that waits; in place of all there are."""
    with transaction():
        # So that no process that follows the champion finds none and registers its own.
        registry.lock()
        db.session.execute(delete(ModelVersion))
        _version(OLD, RETIRED, reason=f"由 {NOW} 接替。")
        _version(NOW, predecessor=OLD, reason="总体提高，没有哪一部分变差。")
        _version(NEW, CHALLENGER, report=REPORT, decided_at=None)


def correction(complaint_id: int, user_id: int, at: datetime | None = None, **changes: Any) -> int:
    """What a dispatcher corrected."""
    row = {
        "complaint_id": complaint_id, "user_id": user_id, "role": "dispatcher", "enterprise": None, "channel": "web",
        "title": "", "text": WORDS, "label": "arrears.construction", "was": "arrears.goods-services",
        "version": "20261101-aaaaaaaa", "why": "是工程款", "at": at or clock.now(),
    }  # fmt: skip
    with transaction():
        one = Example(**{**row, **changes})
        db.session.add(one)
        db.session.flush()
        return one.id
