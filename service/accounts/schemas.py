"""Signing in, as JSON."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from service.accounts.rules import LOGIN, LONGEST_PASSWORD, SHORTEST_PASSWORD
from service.fields import Moment, Password, Schema, Text, narrow
from service.sentences import say


class Login(Text):
    """A login as people type it: capitals and full width do not count."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return narrow(super()._deserialize(value, *args, **kwargs)).lower()


class OwnLogin(Login):
    """A login that somebody chooses."""

    default_error_messages = {"malformed": "登录名只能用小写字母、数字和 . _ -，2 至 64 位，例如手机号。"}

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        login = super()._deserialize(value, *args, **kwargs)
        if not LOGIN.fullmatch(login):
            raise self.make_error("malformed")
        return login


class OwnPassword(Password):
    """A password that somebody chooses."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        password = super()._deserialize(value, *args, **kwargs)
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            least, most = SHORTEST_PASSWORD, LONGEST_PASSWORD
            raise ValidationError(say("密码应为 %(least)s 至 %(most)s 位。", least=least, most=most))
        return password


class CredentialsSchema(Schema):
    """Login and password."""

    login = Login(most=64, required=True)
    password = Password(required=True, load_only=True)


class TypedTwice:
    """A new password is typed twice, since nobody sees what is typed."""

    @validates_schema(skip_on_field_errors=False)
    def typed_alike(self, data: dict[str, Any], **_: Any) -> None:
        """Both are the same, as far as both are usable."""
        if {"password", "again"} <= data.keys() and data["password"] != data["again"]:
            raise ValidationError({"again": ["两次填写的新密码不一样。"]})


class PasswordSchema(TypedTwice, Schema):
    """A new password, with the one that holds so far."""

    current = Password(required=True, load_only=True)
    password = OwnPassword(required=True, load_only=True)
    again = Password(required=True, load_only=True)


class PersonSchema(TypedTwice, Schema):
    """Somebody who comes in."""

    name = Text(most=50, required=True)
    login = OwnLogin(most=64, required=True)
    password = OwnPassword(required=True, load_only=True)
    again = Password(required=True, load_only=True)


class TokenSchema(Schema):
    """A bearer token, shown once."""

    token = fields.String()
    expires_at = Moment()


class GrantSchema(Schema):
    """A role and where it holds."""

    role = fields.String()
    place = fields.String(allow_none=True)
    department = fields.String(allow_none=True)


class ReaderSchema(Schema):
    """Who the service takes the caller for."""

    login = fields.String()
    name = fields.String()
    grants = fields.List(fields.Nested(GrantSchema))
