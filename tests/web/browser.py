"""Somebody at a browser, without the browser: cookies are kept, and forms carry their token."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import clock
from service.accounts import operations as accounts
from service.accounts.rules import Reader
from service.db import transaction
from service.web.signin import TOKEN

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """One person's browser; `reader` is who is signed in, if anybody."""

    def __init__(self, app: Flask, reader: Reader | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        if reader is not None:
            with transaction():
                token = accounts.issue_token(accounts.user_named(reader.login), clock.now(), "test")
            with self.client.session_transaction() as session:
                session.permanent = True
                session[TOKEN] = token

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form, with the token that a page of ours gave."""
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **more)

    def token(self) -> str:
        """The token in the forms of this session."""
        page = self.get("/sign-in", follow_redirects=True).text
        found = CSRF.search(page) or CSRF.search(self.get("/profile").text)
        assert found, page
        return found[1]
