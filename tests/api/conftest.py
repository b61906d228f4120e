"""What the tests over HTTP share."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.api.refusals import counted

# Fixtures that store something for a test, which is made before it is counted what is stored.
MADE_BEFORE = {"filed", "staff", "administrator"}


@pytest.fixture
def nothing_stored(client: FlaskClient, request: pytest.FixtureRequest) -> Iterator[None]:
    """A bad request leaves no trace: what was in the tables before is in them after."""
    for name in sorted(MADE_BEFORE & set(request.fixturenames)):
        request.getfixturevalue(name)
    before = counted()
    yield
    assert counted() == before
