"""What a filer is told before filing, where the machine is not sure that something is an emergency."""

import pytest

from service.clock import now
from service.intake.precheck import Hint, Term, hints
from service.routing.examination import examine
from service.routing.matter import Matter
from tests.directory.book import book
from tests.routing.test_rules import Suggestion


def told(text: str, probability: float) -> list[Hint]:
    """The hints on a text that the machine takes for an emergency."""
    suggestions = (Suggestion("out-of-scope.emergency", probability),)
    return hints(examine(Matter(suggestions=suggestions, text=text), book()), Term(), now().date())


def test_what_may_be_an_emergency_is_told_the_number_before_anything_is_filed() -> None:
    (hint,) = told("矿井冒顶了，三个人埋在下面", 0.3)
    assert hint.urgent
    assert "119" in hint.channel


@pytest.mark.parametrize("probability", [0.3, 0.9])
def test_who_claims_for_an_accident_that_is_over_is_not_told_to_call(probability: float) -> None:
    assert told("昨天厂里着火，消防来晚了，我要投诉赔偿", probability) == []
