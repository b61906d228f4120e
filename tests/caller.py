"""A test client whose requests are as separate from the test, and from each other, as over a wire."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Caller(FlaskClient):
    """Gives each request an app context of its own.

    Inside the test's context Flask would reuse that one, and with it flask-login's memory of who asked first.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request."""
        with self.application.app_context():
            return super().open(*args, **kwargs)
