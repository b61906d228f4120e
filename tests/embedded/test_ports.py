from pathlib import Path

import pytest

from service.embedded import ports
from service.errors import Unavailable


def test_a_port_is_kept_as_long_as_it_is_free():
    port = ports.choose(ports.REDIS)
    assert ports.choose(ports.REDIS, port) == port


def test_a_taken_port_is_given_up_for_another():
    port = ports.choose(ports.REDIS)
    with ports.listen("127.0.0.1", port):
        assert not ports.is_free(port)
        assert ports.choose(ports.REDIS, port) in set(ports.REDIS) - {port}


def test_a_port_from_outside_the_choice_is_not_kept():
    assert ports.choose(ports.REDIS, 80) in ports.REDIS


def test_there_is_a_sentence_when_every_port_is_taken():
    port = ports.choose(ports.REDIS)
    with ports.listen("127.0.0.1", port), pytest.raises(Unavailable, match="没有空闲端口"):
        ports.choose(range(port, port + 1))


def test_no_port_is_chosen_that_the_system_hands_to_outgoing_connections():
    path = Path("/proc/sys/net/ipv4/ip_local_port_range")
    first = int(path.read_text().split()[0]) if path.exists() else 32_768
    assert max(*ports.POSTGRES, *ports.REDIS, *ports.SUPERVISOR) < first


def test_no_two_servers_choose_from_the_same_ports():
    choices = [set(ports.POSTGRES), set(ports.REDIS), set(ports.SUPERVISOR)]
    assert len(set.union(*choices)) == sum(len(choice) for choice in choices)


@pytest.mark.parametrize(("text", "number"), [("5000", 5000), ("1", 1), ("65535", 65_535)])
def test_a_port_is_a_number(text, number):
    assert ports.number(text) == number


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80.5", "５０００", "abc", "5000 ", "9" * 5000])
def test_anything_else_is_no_port(text):
    with pytest.raises(Unavailable, match="PORT"):
        ports.number(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_a_stranger_has_is_named(host):
    port = ports.choose(ports.REDIS)
    with ports.listen("127.0.0.1", port), pytest.raises(Unavailable, match=f"{port}.*正被别的程序使用"):
        ports.check(host, port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_this_machine_is_named(host):
    with pytest.raises(Unavailable, match=host):
        ports.check(host, ports.choose(ports.REDIS))


@pytest.mark.parametrize(
    ("host", "written"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("主机.example", "主机.example")]
)
def test_only_ipv6_stands_in_brackets(host, written):
    assert ports.bracketed(host) == written
