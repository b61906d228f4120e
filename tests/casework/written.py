"""Complaints that letters are written about, put where a test needs them without walking there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from service import clock
from service.accounts.rules import Reader
from service.casework import letters
from service.casework.letters import Issued
from service.complaints.models import Complaint
from service.db import transaction
from service.intake import operations as intake
from service.intake.rules import Draft

DEPARTMENT = "150821-health"
DEMAND = "请于收到本函之日起核实付款情况。\n请附对账单。"
DUE = datetime.fromisoformat("2026-11-22T17:30+08:00")
BODY = "我公司给五原县人民医院供应检验试剂，货早已送齐并验收，医药货款拖欠一年多没有给，请打 13947112233 找白女士。"
OWED = Draft(
    body=BODY,
    title="医院拖欠试剂款",
    region="150821",
    nature="complaint",
    category="arrears.goods-services",
    amount=1250000,  # type: ignore[arg-type]
    enterprise_name="河套试剂有限公司",
    enterprise_size="small",
    uscc="91150100MA0MW4Q31H",
    contact_name="白女士",
    contact_phone="+864716601234",
    respondent_name="五原县人民医院",
    respondent_kind="institution",
    details={
        "debt": {
            "contract_number": "HT-2024-017",
            "object": "goods",
            "delivered_on": "2024-11-05",
            "excuses": ["no_money"],
        },
        "promise": {"content": "院长答应年底付清", "by": "五原县人民医院"},
    },
)
# What no letter may say, whoever reads it.
NEVER = ("白女士", "6601234", "13947112233", "91150100MA0MW4Q31H", "拖欠一年多", "医院拖欠试剂款", "院长答应")


def filed(changes: Mapping[str, Any] | None = None, **draft: Any) -> tuple[Complaint, str]:
    """A complaint in a department's hands, and its query code; `changes` are of the stored row."""
    with transaction():
        made = intake.file_complaint(replace(OWED, **draft), Reader(), clock.now(), by_hand=True)
        stands = {"status": "handling", "department": DEPARTMENT, "queue_desk": "department", "queue_code": DEPARTMENT}
        for name, value in {**stands, **(changes or {})}.items():
            setattr(made.complaint, name, value)
    return made.complaint, made.query_code


def issued(complaint: Complaint, kind: str = "inquiry", **more: Any) -> Issued:
    """A letter about it, committed."""
    with transaction():
        return letters.issue(
            complaint, kind, clock.now(), more.pop("demand", DEMAND), more.pop("due_at", DUE), None, **more
        )
