"""People at their desks, who act over HTTP."""

from functools import cache
from typing import Any

from tests.caller import Caller
from tests.casework import ways
from tests.factories import People


class Desk:
    """Acts as anybody, each role one person, at the usual place and department unless another is named."""

    def __init__(self, client: Caller, people: People) -> None:
        self.client = client
        self.headers = cache(lambda role, at: people.headers(ways.held(role), **bound(role, at)))

    def ask(self, number: str, action: str, role: str, at: str = "", code: str = "", **given: Any) -> Any:
        """The answer to a step; with a query code the enterprise takes it. `at`: where somebody works."""
        headers = {"X-Query-Code": code} if code else self.headers(role, at)
        return self.client.post(f"/api/v1/complaints/{number}/actions/{action}", json=ways.sent(given), headers=headers)

    def take(self, number: str, action: str, role: str, at: str = "", code: str = "", **given: Any) -> Any:
        """The complaint after a step that succeeds."""
        answer = self.ask(number, action, role, at, code, **given)
        assert answer.status_code == 200, (action, answer.text)
        return answer.json

    def refused(self, number: str, action: str, role: str, at: str = "", code: str = "", **given: Any) -> Any:
        """Status and what was said where a step does not succeed."""
        answer = self.ask(number, action, role, at, code, **given)
        assert answer.status_code >= 400, (action, answer.text)
        return answer.status_code, answer.json["message"]

    def read(self, number: str, role: str = "", at: str = "", code: str = "", path: str = "") -> Any:
        """The answer to a look at a complaint."""
        headers = {"X-Query-Code": code} if code else self.headers(role, at)
        return self.client.get(f"/api/v1/complaints/{number}{path}", headers=headers)


def bound(role: str, at: str) -> dict[str, str]:
    """What a role is granted for: the usual place or department, or the one that is named."""
    if not at:
        return ways.GRANTS[role]
    return {"department" if "-" in at else "place": at}
