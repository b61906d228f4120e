"""Signing in, as JSON."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from service.fields import Moment, Password, Schema, Text


class CredentialsSchema(Schema):
    """Login and password."""

    login = Text(most=64, required=True)
    password = Password(required=True, load_only=True)


class TypedTwice:
    """A new password is typed twice, since nobody sees what is typed."""

    @validates_schema
    def typed_alike(self, data: dict[str, Any], **_: Any) -> None:
        """Both are the same."""
        if data["password"] != data["again"]:
            raise ValidationError({"again": ["两次填写的新密码不一样。"]})


class PasswordSchema(TypedTwice, Schema):
    """A new password, with the one that holds so far."""

    current = Password(required=True, load_only=True)
    password = Password(required=True, load_only=True)
    again = Password(required=True, load_only=True)


class PersonSchema(TypedTwice, Schema):
    """Somebody who comes in."""

    name = Text(most=50, required=True)
    login = Text(most=64, required=True)
    password = Password(required=True, load_only=True)
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
