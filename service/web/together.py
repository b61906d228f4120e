"""What desks have in common that rule on rows of a list, one by one without leaving it, or many at once."""

from collections.abc import Sequence

from flask import flash, request
from flask_babel import gettext as _

from service.casework.operations import Outcome

# Each of so many that were not done is told why.
MOST_WHY = 5


def is_asked_by_script() -> bool:
    """Whether a part of the page is wanted instead of the whole."""
    return "HX-Request" in request.headers


def tell(step: str, outcomes: Sequence[Outcome]) -> None:
    """How many were done, and of those that were not why."""
    done, undone = sum(one.done for one in outcomes), [one for one in outcomes if not one.done]
    if done:
        flash(_("「%(step)s」办好了 %(count)d 件。", step=_(step), count=done), "grass")
    for one in undone[:MOST_WHY]:
        flash(_("%(number)s 没有办成：%(why)s", number=one.number, why=one.why), "amber")
    if len(undone) > MOST_WHY:
        flash(_("另有 %(count)d 件也没有办成。", count=len(undone) - MOST_WHY), "amber")
