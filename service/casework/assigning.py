"""Within the department: who of it works on a complaint."""

from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.casework.deeds import Deed
from service.directory.rules import Directory
from service.errors import Invalid
from service.sentences import say

WORKS = "handler"
# So many are offered; who works for a whole region is not looked for in a list.
MOST = 200


def colleagues(department: str, book: Directory) -> dict[int, str]:
    """Who can be given a department's complaints: id → name."""
    return accounts.colleagues(WORKS, {department}, book.chain(book.departments[department].place), (), MOST)


def colleagues_of(reader: Reader, book: Directory) -> dict[int, str]:
    """Who works in the departments that somebody works for: id → name."""
    departments = {grant.department for grant in reader.grants if grant.department}
    near = {place for code in departments for place in book.chain(book.departments[code].place)}
    whole = [grant for grant in reader.grants if grant.department is None]
    above = {place for grant in whole if grant.place for place in book.chain(grant.place)}
    everywhere = any(grant.places is None for grant in whole)
    below = {place for grant in whole for place in grant.places or ()}
    return accounts.colleagues(WORKS, departments, near | above | below, None if everywhere else below, MOST)


def _assign(deed: Deed) -> None:
    """Give it to somebody of the department; what is done anew goes to another than before."""
    complaint, chosen = deed.complaint, deed.given["assignee"]
    able = colleagues(complaint.department or "", deed.book)
    if chosen not in able:
        names = [say("%(name)s（%(number)s）", name=name, number=user_id) for user_id, name in able.items()] or "没有人"
        raise Invalid("请选择本部门的承办人。", {"assignee": [say("可以分给：%(names)s。", names=names)]})
    if chosen in complaint.former_handlers:
        raise Invalid("重办的诉求要换人办理。", {"assignee": ["原来的答复是这位同事写的，请选择另一位。"]})
    complaint.assignee = chosen
    deed.noted["assignee_name"] = able[chosen]


def _sign(deed: Deed) -> None:
    """Who signs as a handler works on it, unless it was given to somebody or is to be done by another."""
    complaint, signer = deed.complaint, deed.by.actor_id
    if complaint.assignee is None and deed.by.role == WORKS and signer not in complaint.former_handlers:
        complaint.assignee = signer


EFFECTS = {"assign": _assign, "sign": _sign}
