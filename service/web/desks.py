"""Which role works at which desk."""

from dataclasses import dataclass

from service.accounts.rules import Reader


@dataclass(frozen=True)
class Desk:
    """A place of work: the page it begins with, what it is called, and for whom it is."""

    endpoint: str
    name: str
    icon: str
    roles: frozenset[str]


DESKS = (
    Desk("hotline.desk", "热线登记", "telephone", frozenset({"operator"})),
    Desk("dispatching.desk", "派单", "send", frozenset({"dispatcher"})),
    Desk("department.desk", "部门办理", "inbox", frozenset({"department_dispatcher", "handler", "head"})),
    Desk("revisits.desk", "回访", "telephone", frozenset({"revisit_agent"})),
    Desk("supervision.desk", "督办", "flag", frozenset({"supervisor"})),
    Desk("board.desk", "看板", "bar-chart-line", frozenset({"supervisor", "head"})),
    Desk("account.index", "企业诉求", "building", frozenset({"enterprise"})),
    Desk("admin.home", "系统管理", "sliders", frozenset({"administrator", "auditor"})),
)
ELSEWHERE = "signin.profile"


def desks_of(reader: Reader) -> list[Desk]:
    """The desks at which somebody works, in the order of a complaint's way."""
    return [desk for desk in DESKS if desk.roles & reader.roles]


def working_at(endpoint: str, reader: Reader) -> Reader:
    """The same person with only what they may do at one desk; whoever works at two sees each one's work there."""
    roles = next(desk.roles for desk in DESKS if desk.endpoint == endpoint)
    grants = tuple(grant for grant in reader.grants if grant.role in roles)
    roles &= reader.roles
    return Reader(reader.id, reader.login, reader.name, grants, roles, account=reader.account, leads=reader.leads)


def first_page(reader: Reader) -> str:
    """The endpoint to which signing in leads."""
    desks = desks_of(reader)
    return desks[0].endpoint if desks else ELSEWHERE
