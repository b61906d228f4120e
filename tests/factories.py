"""What tests build their cases from."""

from itertools import count
from typing import Any

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Grant, Reader
from service.db import transaction

SERIAL = count(1)


def filing(**changes: Any) -> dict[str, Any]:
    """A complaint as an enterprise sends it: a county hospital owes for goods. A field given as None is left out."""
    body = {
        "body": "我公司给五原县人民医院供应检验试剂和输液耗材，货早已送齐并验收，发票也开了，"
        "合同约定三十天内付款，医药货款拖欠一年多没有给。",
        "region": "150821",
        "nature": "complaint",
        "enterprise": {"name": "河套试剂有限公司", "size": "small"},
        "contact": {"name": "白女士", "phone": "0471-6601234"},
        "respondent": {"name": "五原县人民医院", "kind": "institution"},
        "amount": 1250000,
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


class People:
    """Users made for one test."""

    def reader(self, role: str, place: str | None = None, department: str | None = None) -> Reader:
        """Somebody with one role."""
        with transaction():
            user = accounts.create_user(
                f"{role.replace('_', '-')}-{next(SERIAL)}", role, [Grant(role, place, None, department)], None,
                clock.now(), "test",
            )  # fmt: skip
        return accounts.reader(user)

    def headers(self, role: str, place: str | None = None, department: str | None = None) -> dict[str, str]:
        """What somebody with one role sends to be known."""
        reader = self.reader(role, place, department)
        with transaction():
            token = accounts.issue_token(accounts.user_named(reader.login), clock.now(), "test")
        return {"Authorization": f"Bearer {token}"}

    def holding(self, *grants: Grant) -> dict[str, str]:
        """What one person with several roles sends to be known."""
        with transaction():
            user = accounts.create_user(f"several-{next(SERIAL)}", "several", grants, None, clock.now(), "test")
            token = accounts.issue_token(user, clock.now(), "test")
        return {"Authorization": f"Bearer {token}"}
