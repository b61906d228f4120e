"""Signing in, as JSON."""

from marshmallow import fields

from service.fields import Moment, Password, Schema, Text


class CredentialsSchema(Schema):
    """Login and password."""

    login = Text(most=64, required=True)
    password = Password(required=True, load_only=True)


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
