"""What the environment says: addresses of the servers, keys, folders."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from service.errors import Unavailable

ROOT = Path(__file__).resolve().parent.parent
# Where no server is named: commands that need none still work, and whatever does need one learns that it is away.
NO_DATABASE, NO_REDIS = "postgresql:///?host=/nowhere", "unix:///nowhere"


@dataclass(frozen=True)
class Config:
    """One process's configuration, read once.

    Attributes:
        database_url: SQLAlchemy address with the psycopg driver.
        secret_key: signs sessions and, stretched, encrypts personal data.
        var: folder of everything the service writes outside the database.
        data: folder of the seed files.
        queue: name of the RQ queue; tests take one of their own.
        sms_gateway_url, sms_gateway_secret: where short messages are handed over, and what signs them.
        webhook_allow_private: whether webhooks may lead into networks of our own.
        telephone_secret: with which the telephone system signs the calls it announces.
    """

    database_url: str
    redis_url: str
    secret_key: str
    var: Path
    data: Path
    queue: str = "qishengtong"
    sms_gateway_url: str = ""
    sms_gateway_secret: str = ""
    webhook_allow_private: bool = False
    telephone_secret: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the environment, and what the embedded servers left in var/ for all that it does not say.

        Raises:
            Unavailable: DATABASE_URL names something else than PostgreSQL.
        """
        var = Path(environ.get("QST_VAR") or ROOT / "var")
        embedded = _embedded(var)
        return cls(
            database_url=_with_driver(environ.get("DATABASE_URL") or embedded.get("database_url", NO_DATABASE)),
            redis_url=environ.get("REDIS_URL") or embedded.get("redis_url", NO_REDIS),
            secret_key=environ.get("SECRET_KEY") or _secret(var),
            var=var,
            data=Path(environ.get("QST_DATA") or ROOT / "data"),
            queue=environ.get("QST_QUEUE", "qishengtong"),
            sms_gateway_url=environ.get("SMS_GATEWAY_URL", ""),
            sms_gateway_secret=environ.get("SMS_GATEWAY_SECRET", ""),
            webhook_allow_private=environ.get("WEBHOOK_ALLOW_PRIVATE", "") == "1",
            telephone_secret=environ.get("TELEPHONE_SECRET", ""),
        )


def _embedded(var: Path) -> dict[str, str]:
    """The addresses of the embedded servers, if they were ever started here."""
    try:
        found = json.loads((var / "embedded.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _secret(var: Path) -> str:
    try:
        return (var / "secret.key").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _with_driver(url: str) -> str:
    """Name the driver: operators write postgresql:// or postgres://, SQLAlchemy wants to know psycopg."""
    scheme, _, rest = url.partition("://")
    if not url:
        return url
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise Unavailable(f"DATABASE_URL 必须以 postgresql:// 开头，现在以 {scheme[:12]} 开头。本服务只用 PostgreSQL。")
    try:
        return make_url(f"postgresql+psycopg://{rest}").render_as_string(hide_password=False)
    except (ArgumentError, ValueError) as error:
        raise Unavailable("DATABASE_URL 不是有效的地址，应当像 postgresql://用户:密码@主机:5432/库名 这样。") from error
