"""Personal data: read back with the right secret only, found again without being read."""

from collections.abc import Iterator

import pytest
from flask import Flask

from service.crypto import Encrypted, decrypt, derive, encrypt, keyed_hash
from service.errors import Unavailable

OLD, NEW, FOREIGN = "an old secret", "a new secret", "somebody else's secret"
TEXTS = ["+8613947112233", "包海燕", "ᠮᠣᠩᠭᠣᠯ 👨‍👩‍👧", "", " ", "字" * 20_000]


@pytest.fixture
def bare() -> Iterator[Flask]:
    """An app that knows nothing but its secret."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = OLD
    with app.app_context():
        yield app


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("text", TEXTS, ids=[text[:6] for text in TEXTS])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert decrypt(encrypt(text)) == text


@pytest.mark.usefixtures("bare")
def test_what_is_encrypted_shows_nothing_of_the_text_and_never_looks_the_same() -> None:
    first, second = encrypt("包海燕"), encrypt("包海燕")
    assert first != second
    assert "包海燕".encode() not in first


@pytest.mark.usefixtures("bare")
def test_an_encrypted_column_leaves_nothing_as_nothing() -> None:
    column = Encrypted()
    assert column.process_bind_param(None, None) is None
    assert column.process_result_value(None, None) is None
    stored = column.process_bind_param("包海燕", None)
    assert isinstance(stored, bytes)
    assert column.process_result_value(stored, None) == "包海燕"


def test_another_secret_reads_nothing_and_says_so(bare: Flask) -> None:
    data = encrypt("包海燕")
    bare.config["SECRET_KEY"] = FOREIGN
    with pytest.raises(Unavailable, match="SECRET_KEY"):
        decrypt(data)


@pytest.mark.usefixtures("bare")
def test_data_that_was_changed_is_not_read() -> None:
    data = bytearray(encrypt("包海燕"))
    data[-1] ^= 1
    with pytest.raises(Unavailable):
        decrypt(bytes(data))


@pytest.mark.parametrize("both", [f"{NEW},{OLD}", f" {NEW} , {OLD} ", f"{NEW},{OLD},"])
def test_a_new_secret_in_front_reads_the_old_data_and_writes_with_the_new(both: str, bare: Flask) -> None:
    old, hashed = encrypt("old"), keyed_hash("+8613947112233", "phone")
    bare.config["SECRET_KEY"] = both
    assert decrypt(old) == "old"
    new = encrypt("new")
    assert keyed_hash("+8613947112233", "phone") == hashed
    bare.config["SECRET_KEY"] = NEW
    assert decrypt(new) == "new"
    with pytest.raises(Unavailable):
        decrypt(old)


@pytest.mark.parametrize("none", ["", " ", ",", " , "])
def test_without_a_secret_nothing_is_encrypted_or_hashed(none: str, bare: Flask) -> None:
    bare.config["SECRET_KEY"] = none
    for refused in (lambda: encrypt("包海燕"), lambda: keyed_hash("包海燕", "phone")):
        with pytest.raises(Unavailable, match="没有设置 SECRET_KEY"):
            refused()


def test_a_hash_is_the_same_for_the_same_text_purpose_and_secret_only(bare: Flask) -> None:
    first = keyed_hash("+8613947112233", "phone")
    assert len(first) == 32
    assert keyed_hash("+8613947112233", "phone") == first
    others = {keyed_hash("+8613947112233", "uscc"), keyed_hash("+8613947112234", "phone")}
    bare.config["SECRET_KEY"] = FOREIGN
    others.add(keyed_hash("+8613947112233", "phone"))
    assert len(others | {first}) == 4


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = {derive(secret, purpose) for secret in (OLD, NEW) for purpose in ("personal data", "phone", "uscc")}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}
