"""Personal data at rest: what is encrypted can be read back, what is hashed can only be found again."""

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import LargeBinary, TypeDecorator

from service.errors import Unavailable


def derive(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose out of the service's secret (HKDF, RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret.encode())


def _each(secrets: str) -> list[str]:
    """The comma-separated secrets, the newest first.

    Raises:
        Unavailable: there is none; anybody could read what an empty one encrypts.
    """
    given = [secret.strip() for secret in secrets.split(",") if secret.strip()]
    if not given:
        raise Unavailable("没有设置 SECRET_KEY，个人信息无法加密，内容没有保存。请管理员设置后再试。")
    return given


@lru_cache
def _box(secrets: str) -> MultiFernet:
    """Encrypts with the first of the secrets and reads with any: that is how a key is changed."""
    return MultiFernet([Fernet(urlsafe_b64encode(derive(secret, "personal data"))) for secret in _each(secrets)])


@lru_cache
def _hash_key(secrets: str, purpose: str) -> bytes:
    """The key of the searchable hashes: the *last* secret's, so that adding a new one in front keeps them valid."""
    return derive(_each(secrets)[-1], purpose)


def encrypt(text: str) -> bytes:
    """A text as bytes that only this service's secret can read."""
    return _box(current_app.config["SECRET_KEY"]).encrypt(text.encode())


def decrypt(data: bytes) -> str:
    """The text that `encrypt` was given.

    Raises:
        Unavailable: the secret is not the one the data was written with.
    """
    try:
        return _box(current_app.config["SECRET_KEY"]).decrypt(data).decode()
    except InvalidToken as error:
        raise Unavailable("加密数据无法读取：SECRET_KEY 与写入时不一致。") from error


def keyed_hash(text: str, purpose: str) -> bytes:
    """32 bytes by which the same text is found again and which say nothing to who lacks the secret (HMAC-SHA-256)."""
    key = _hash_key(current_app.config["SECRET_KEY"], purpose)
    return hmac.new(key, text.encode(), sha256).digest()


class Encrypted(TypeDecorator[str]):
    """A text column that is bytes nobody can read in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        return encrypt(value) if value is not None else None

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        return decrypt(value) if value is not None else None
