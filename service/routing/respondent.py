"""Who a respondent is, who stands above it, and who may therefore not handle a complaint against it."""

from dataclasses import dataclass

from service.directory.rules import Department, Directory
from service.sentences import say

UNKNOWN = "unknown"
SEATS = "区市"  # a league's own schools and hospitals stand in places whose names end so
# Bodies whose own level decides who supervises them; a large company is supervised where the matter lies.
PUBLIC = frozenset({"organ", "institution", "fiscal", "state-owned"})
# Bodies that a county's government has below itself: what is above them is the county, not the league.
BELOW = (
    "镇人民政府", "镇政府", "镇党委", "乡人民政府", "乡政府", "苏木", "街道", "办事处",
    "园区", "开发区", "工业园", "景区",
)  # fmt: skip
# The region's own, though they bear the name of a city; with one of the words below a name is none of them.
UNIVERSITIES = ("大学", "学院")
NO_UNIVERSITY = (
    "公司", "老年大学", "社区", "党校", "行政学院", "附属中学", "附属小学", "附属幼儿园", "附中", "附小",
    "实验中学", "实验小学", "学院路", "大学路", "大学城", "大学生", "科学院", "科技园", "广播电视大学", "开放大学",
)  # fmt: skip
# Many of these are run by the city or league whose name they bear, and some by the region.
LOCAL_COLLEGES = ("职业", "应用技术")
# No department of a government stands above these: courts and procuratorates, and the railway of the whole country.
APART = ("法院", "检察院", "铁路局", "铁路集团", "中国铁路")


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
        torn: the name puts a city's full name before a district's short one, so it may belong to either.
    """

    name: str
    kind: str
    place: str | None
    department: Department | None
    part: bool
    supplies: bool = False
    torn: bool = False

    @property
    def apart(self) -> bool:
        """Whether no department of a government stands above it."""
        return self.department is None and any(word in self.name for word in APART)

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
    university = department is None and of_the_region(respondent.name)
    place = directory.region if university else found.place
    torn = _local_college if university else _torn
    either = department is None and torn(respondent.name, found.place, directory)
    return Body(respondent.name, kind, place, department, found.part, supplies, either)


def of_the_region(name: str) -> bool:
    """Whether a name is that of a university, or of a hospital that belongs to one."""
    return any(word in name for word in UNIVERSITIES) and not any(word in name for word in NO_UNIVERSITY)


def _local_college(name: str, place: str | None, directory: Directory) -> bool:
    """Whether a college bears the name of a city or league that may run it itself."""
    return place not in {None, directory.region} and any(word in name for word in LOCAL_COLLEGES)


def _torn(name: str, place: str | None, directory: Directory) -> bool:
    """Whether 乌兰察布市集宁一中 may be the city's as well as 集宁区's; 乌兰察布市集宁区一中 is not."""
    found = directory.places[place] if place else None
    if found is None or found.parent is None or found.name[-1] not in SEATS or found.level != "旗县区":
        return False
    plain = any(word in name for word in (found.name, *found.aliases) if word[-1] in SEATS)
    return not plain and directory.places[found.parent].name in name


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
