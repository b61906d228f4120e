import psycopg
import pytest
import redis

from service.embedded import outside, ports
from service.errors import Unavailable
from tests.servers import database


def test_an_empty_database_holds_no_data_and_a_migrated_one_does(servers):
    with database(servers.database_url) as url:
        assert not outside.check_database({"DATABASE_URL": url})
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num text)")
        assert outside.check_database({"DATABASE_URL": url})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://qst:geheim@127.0.0.1:{free}/x",
        "postgresql://qst:geheim@no-such-host.invalid/x",
        "postgresql://qst:geheim@[127/x",
        "mysql://qst:geheim@127.0.0.1/x",
        "geheim",
    ],
)
def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(url):
    with pytest.raises(Unavailable, match="DATABASE_URL") as raised:
        outside.check_database({"DATABASE_URL": url.format(free=ports.choose(ports.POSTGRES))})
    assert "\n" not in raised.value.message
    assert "qst:geheim" not in raised.value.message


@pytest.mark.parametrize("url", ["redis://:geheim@127.0.0.1:{free}/0", "http://geheim", "geheim"])
def test_a_redis_that_does_not_answer_is_one_sentence_without_its_password(url):
    with pytest.raises(Unavailable, match="REDIS_URL") as raised:
        outside.check_redis(url.format(free=ports.choose(ports.REDIS)))
    assert "geheim" not in raised.value.message


def test_a_redis_that_answers_will_do_and_was_asked(servers):
    with redis.Redis.from_url(servers.redis_url) as client:
        client.config_resetstat()
        outside.check_redis(servers.redis_url)
        assert client.info("commandstats")["cmdstat_ping"]["calls"] >= 1
