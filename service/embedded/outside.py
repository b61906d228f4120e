"""Servers that somebody else runs and DATABASE_URL or REDIS_URL names: whether they will do."""

from collections.abc import Mapping

import psycopg
import redis

from service.config import Config
from service.errors import Unavailable

SECONDS = 8
OLDEST = 15


def check_database(environ: Mapping[str, str]) -> bool:
    """Whether the database that DATABASE_URL names holds data of ours already.

    Raises:
        Unavailable: nobody answers there, or it is too old.
    """
    url = Config.from_environment(environ).database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(url, connect_timeout=SECONDS) as connection:
            _check_version(connection.info.server_version // 10_000)
            found = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
            return bool(found and found[0])
    except psycopg.Error as error:
        raise Unavailable(f"DATABASE_URL 指的数据库连不上，请检查地址、账号和网络。{_reason(error)}") from error


def check_redis(url: str) -> None:
    """See whether the Redis that REDIS_URL names answers.

    Raises:
        Unavailable: it does not.
    """
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Unavailable(f"REDIS_URL 指的 Redis 连不上，请检查地址、密码和网络。{_reason(error)}") from error


def _check_version(version: int) -> None:
    if version < OLDEST:
        raise Unavailable(f"DATABASE_URL 指的是 PostgreSQL {version}，至少要 {OLDEST}。")


def _reason(error: Exception) -> str:
    """The first line of what the library said, without an address, which may hold a password."""
    line = next(iter(str(error).splitlines()), "")
    return f"（{line}）" if line and "://" not in line else ""
