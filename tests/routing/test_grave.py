"""What would do harm if the machine were wrong waits for a person, also where it stands second."""

import pytest

from service.routing.matter import Matter
from service.routing.rules import decide
from tests.directory.book import book
from tests.routing.test_rules import Suggestion


def routed(second: str, probability: float) -> str:
    """Who routed a matter of food quality whose second suggestion is another leaf."""
    suggestions = (Suggestion("market.quality", 0.8), Suggestion(second, probability))
    return decide(Matter(suggestions=suggestions, nature="request", place="150121"), book()).routed_by


@pytest.mark.parametrize("second", ["approval.misconduct", "out-of-scope.emergency"])
def test_a_grave_leaf_that_stands_second_holds_the_machine_back(second: str) -> None:
    assert routed(second, 0.2) == "triage"


@pytest.mark.parametrize(("second", "probability"), [("approval.misconduct", 0.05), ("market.credit", 0.2)])
def test_an_unlikely_or_ordinary_one_does_not(second: str, probability: float) -> None:
    assert routed(second, probability) == "model"
