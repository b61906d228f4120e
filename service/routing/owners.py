"""Which department handles a case: by the leaf's owners, by who supervises the debtor, by who stands above."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from service.directory.rules import Department, Sector
from service.routing.matter import ALWAYS_AGAINST, Case
from service.routing.respondent import Body, above
from service.sentences import say

# Where a debtor has no department above it, the two that mind arrears at every level (V 802-5).
THIRD_FOR_ARREARS = ("industry", "finance")
PRINCIPLES = {"discipline": "由纪检监察机关按管理权限办理"}


@dataclass(frozen=True)
class Handling:
    """The department for a case and by what principle, or, where there is none, why."""

    department: Department | None
    principle: str = ""
    missing: str = ""


def handling(case: Case) -> Handling:
    """Who handles a case whose category is known."""
    if not case.against and case.family in ALWAYS_AGAINST:
        return _owner(case)
    return BY_FAMILY.get(case.family, _owner)(case)


def _owner(case: Case) -> Handling:
    """The leaf's owner at the lowest competent level, and above it where it may be the accused."""
    kind = _owner_kind(case)
    owner = _nearest(case, kind)
    return _clear(case, owner, PRINCIPLES.get(kind, "属地管理、谁主管谁负责"), (), presumed(case))


def presumed(case: Case) -> tuple[Department, ...]:
    """The owner of the category where it is the natural accused."""
    owner = _nearest(case, _owner_kind(case))
    return (owner,) if owner and _presumed(case, owner) else ()


def _presumed(case: Case, owner: Department) -> bool:
    """Whether the owner is the natural accused: it does what one complains of, and no respondent was filed (rule 1).

    A services office stands for whoever approves: where the text names somebody, that is the accused.
    """
    if case.category is None or not case.category.own_act or not case.against or case.body is not None:
        return False
    return not case.accused or owner.kind != "services"


def _issuer(case: Case) -> Handling:
    """The department that issued or pays the policy: the one complained of, else the leaf's owner."""
    body = case.body
    if body is None or body.department is None or body.governs or body.supplies:
        return _owner(case)
    return _clear(case, body.department, "由制定或兑付政策的部门办理", ())


def _verifier(case: Case) -> Handling:
    """The leaf's owner one level above the body that broke its word (S)."""
    body = case.body
    if body is None:
        return Handling(None, missing="没有填写作出承诺或签订合同的单位")
    if not body.public:
        return Handling(None, missing=say("还不能确定%(body)s是不是政府部门或其所属单位", body=body.name))
    if body.apart:
        return _apart(body)
    place = case.place and above(body, case.place, case.directory)
    department = case.directory.nearest(_owner_kind(case), place) if place else None
    return _either(body, _clear(case, department, "由被投诉单位的上级核查", ()))


def _supervisor(case: Case) -> Handling:
    """Who supervises or regulates the debtor (V 802-25)."""
    body = case.body
    if body is None:
        return Handling(None, missing="没有填写债务人")
    if body.department is not None and not body.governs and not body.supplies:
        return _clear(case, body.department, "谁主管谁负责", THIRD_FOR_ARREARS)
    if body.apart:
        return _apart(body)
    sector = next((sector for sector in case.directory.sectors if sector.covers(body.name, body.kind)), None)
    if sector is None or case.place is None:
        return Handling(None, missing=say("还不能确定%(body)s由谁主管", body=body.name))
    found = _clear(case, _of_sector(case, body, case.place, sector), _principle(sector, body), THIRD_FOR_ARREARS)
    return _either(body, found)


def _apart(body: Body) -> Handling:
    return Handling(None, missing=say("%(body)s不由地方政府部门主管，需由派单员确定由谁协调", body=body.name))


def _either(body: Body, found: Handling) -> Handling:
    """The same department as a proposal where a name may mean the city's body or the district's."""
    if not body.torn or found.department is None:
        return found
    return replace(found, missing=say("从名称看不出%(body)s属于市（盟）还是属于旗县区", body=body.name))


def _of_sector(case: Case, body: Body, place: str, sector: Sector) -> Department | None:
    where = above(body, place, case.directory) if sector.superior else place
    return case.directory.nearest(sector.kind, where or place)


def _principle(sector: Sector, body: Body) -> str:
    if sector.superior:
        return "由被投诉单位的上级办理"
    return "谁监管谁负责" if body.kind == "large" else "谁主管谁负责"


BY_FAMILY: dict[str, Callable[[Case], Handling]] = {
    "arrears": _supervisor,
    "default": _verifier,
    "policy": _issuer,
}


def _owner_kind(case: Case) -> str:
    """The first owner whose words stand in the text; the last one owns the rest."""
    text = case.matter.text
    fits = (owner.kind for owner in case.owners if not owner.words or any(word in text for word in owner.words))
    return next(fits, "")


def _nearest(case: Case, kind: str) -> Department | None:
    return case.directory.nearest(kind, case.place) if case.place else None


def _clear(
    case: Case,
    department: Department | None,
    principle: str,
    third: Iterable[str],
    also: tuple[Department, ...] = (),
) -> Handling:
    """The department, unless it may not handle this: then the first above it that may, or a third one."""
    if department is None:
        return Handling(None, missing="这一级和上级都没有可以办理的主管部门" if case.place else "")
    if not case.bars(department, *also):
        return Handling(department, principle)
    for kind in (department.kind, *third):
        for place in case.directory.chain(department.place):
            found = case.directory.department(kind, place)
            if found is not None and not case.bars(found, *also):
                return Handling(found, _instead(case, found, department))
    who = case.body.name if case.body else department.name
    return Handling(None, missing=say("%(who)s没有上级部门，需要指定第三方部门", who=who))


def _instead(case: Case, found: Department, department: Department) -> str:
    if found.place == department.place:
        return "由被投诉单位以外的第三方部门办理"
    if case.body is None:
        return "来件反映的可能就是当地主管部门，由其上级办理"
    return "由被投诉单位的上级部门办理"
