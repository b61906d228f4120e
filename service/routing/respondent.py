"""Who a respondent is, who stands above it, and who may therefore not handle a complaint against it."""

from dataclasses import dataclass

from service.directory.rules import Department, Directory
from service.sentences import say

UNKNOWN = "unknown"
# Bodies whose own level decides who supervises them; a large company is supervised where the matter lies.
PUBLIC = frozenset({"organ", "institution", "fiscal", "state-owned"})
# Bodies that a county's government has below itself: what is above them is the county, not the league.
BELOW = (
    "镇人民政府", "镇政府", "镇党委", "乡人民政府", "乡政府", "苏木", "街道", "办事处",
    "园区", "开发区", "工业园", "景区",
)  # fmt: skip


@dataclass(frozen=True)
class Respondent:
    """Whom a complaint is about, as filed: organ institution fiscal state-owned large private village, or None."""

    name: str
    kind: str | None = None


@dataclass(frozen=True)
class Body:
    """A respondent as the directory knows it.

    Attributes:
        kind: as filed or read from the name; "unknown" where the name does not tell.
        place: that the name says; None if it says none.
        department: the department or government that it is or, where `part`, belongs to.
        supplies: it is listed for its service and supervises nobody.
    """

    name: str
    kind: str
    place: str | None
    department: Department | None
    part: bool
    supplies: bool = False

    @property
    def public(self) -> bool:
        """Whether its own level decides who is competent."""
        return self.kind in PUBLIC or self.department is not None

    @property
    def governs(self) -> bool:
        """Whether it is the government of its place."""
        return self.department is not None and self.department.kind == "government" and not self.part

    def accused(self, sealed: bool) -> Department | None:
        """The department that what is said against the body accuses.

        A part's own department is its superior: it may handle a complaint (投诉), but gets nothing sealed (举报).
        """
        return self.department if not self.part or sealed else None


def recognise(respondent: Respondent, near: str | None, directory: Directory) -> Body:
    """What the directory and the name tell about a respondent; `near` is the place that the filer gave."""
    found = directory.identify(respondent.name, near)
    department = directory.departments[found.department] if found.department else None
    supplies = department is not None and directory.kinds[department.kind].supplier
    organ = department is not None and not supplies and not found.part
    kind = respondent.kind or ("organ" if organ else kind_of(respondent.name, directory))
    return Body(respondent.name, kind, found.place, department, found.part, supplies)


def kind_of(name: str, directory: Directory) -> str:
    """What a name says about whose body it is; "unknown" where it says nothing."""
    kinds = (kind.code for kind in directory.debtor_kinds if any(word in name for word in kind.words))
    return next(kinds, UNKNOWN)


def above(body: Body, place: str, directory: Directory) -> str | None:
    """The place whose departments stand above a body of a place; None for the region's own bodies."""
    if body.department is not None:
        return place if body.part else directory.superior(place)
    below = body.kind != "organ" or any(word in body.name for word in BELOW)
    return place if below else directory.superior(place)


def barred_from(department: Department, accused: Department, directory: Directory) -> str | None:
    """Why a department may not handle what is said against another; None if it may."""
    if department.code == accused.code:
        return say(
            "%(department)s就是被投诉单位（或其所属部门），不能由自己办理，请派给它的上级或第三方部门。",
            department=department.name,
        )
    if accused.kind == "government" and department.place in directory.subtree(accused.place):
        return say(
            "%(department)s隶属于被投诉的%(accused)s，请派给上一级部门。",
            department=department.name,
            accused=accused.name,
        )
    if department.kind == accused.kind and accused.place in directory.chain(department.place):
        return say(
            "%(department)s是被投诉的%(accused)s的下级，请派给它的上级或第三方部门。",
            department=department.name,
            accused=accused.name,
        )
    return None
