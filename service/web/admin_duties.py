"""What a change of the reference data would do to past complaints, in words, for the pages that ask before saving."""

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from service import clock
from service.audit.changing import Values
from service.directory import operations as directory
from service.intake import trials
from service.web import directive_words

# So many of the complaints that would move are listed.
LISTED = 50


def compared(table: str, code: str, values: Values) -> dict[str, Any]:
    """How the last complaints would be routed if a row of the reference data said something else."""
    book = directory.current()
    changed = directory.drafted(table, code, values)
    found = trials.compare(changed, current_user, book, clock.now())

    def office(code: str | None) -> str:
        return directive_words.office(code, changed) if code else _("没有部门，由派单员决定")

    return {
        "trial": found,
        "ways": [(office(was), office(becomes), count) for (was, becomes), count in found.ways.most_common()],
        "moved": [{"one": one, "was": office(one.was), "becomes": office(one.becomes)} for one in found.moved[:LISTED]],
    }
