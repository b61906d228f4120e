import io
import os
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from service.classifier import storage
from service.classifier.model import Model
from service.errors import Invalid, NotFound, Unavailable

TEXT = "旗医院拖欠我们的货款和商标"


@pytest.fixture
def saved(small: Model, tmp_path: Path) -> Path:
    storage.save(small, tmp_path / "model.npz")
    return tmp_path / "model.npz"


def other(model: Model) -> Model:
    """Another model: the same with other weights."""
    return replace(model, weights=model.weights * np.float32(0.5))


def test_a_model_comes_back_bit_for_bit(small: Model, saved: Path) -> None:
    back = storage.load(saved)
    assert back.suggest(TEXT, title="货款") == small.suggest(TEXT, title="货款")
    assert back.weights.dtype == np.float32
    assert back.labels == small.labels


def test_the_version_is_the_day_and_the_content(small: Model, tmp_path: Path) -> None:
    first = storage.save(small, tmp_path / "a").about["version"]
    assert first == storage.save(small, tmp_path / "b").about["version"]
    assert first != storage.save(other(small), tmp_path / "c").about["version"]
    assert first.split("-")[0] == small.about["trained_at"][:10].replace("-", "")
    assert storage.about(tmp_path / "a")["version"] == storage.load(tmp_path / "a").about["version"] == first


def test_a_changed_byte_is_noticed(small: Model, saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[content.index(small.weights.tobytes())] ^= 0xFF
    saved.write_bytes(content)
    with pytest.raises(Unavailable, match="已损坏"):
        storage.load(saved)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_noticed(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(Unavailable, match="已损坏"):
        storage.load(saved)


def test_exchanged_weights_are_noticed(small: Model, saved: Path) -> None:
    with np.load(saved) as archive:
        arrays = dict(archive)
    arrays["weights"] = other(small).weights
    np.savez(saved, **arrays)
    with pytest.raises(Unavailable, match="校验和不符"):
        storage.load(saved)


class Evil:
    """Whoever unpickles it makes a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.place),)


def test_anything_that_could_run_is_refused_and_does_not_run(saved: Path, tmp_path: Path) -> None:
    objects = io.BytesIO()
    np.savez(objects, weights=np.array([Evil(tmp_path / "ran")], dtype=object), allow_pickle=True)
    for content in (pickle.dumps(Evil(tmp_path / "ran")), objects.getvalue()):
        saved.write_bytes(content)
        with pytest.raises(Unavailable, match="没有加载"):
            storage.load(saved)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", b"\x93NUMPY\x01\x00"])
def test_damaged_files_are_refused_with_what_to_do(saved: Path, content: bytes) -> None:
    saved.write_bytes(content)
    with pytest.raises(Unavailable, match="flask model train"):
        storage.load(saved)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "else.npz", weights=np.zeros(3))
    with pytest.raises(Unavailable, match="不是本程序的模型文件"):
        storage.load(tmp_path / "else.npz")
    with pytest.raises(Unavailable, match="不是本程序的模型文件"):
        storage.about(tmp_path / "else.npz")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="找不到模型文件"):
        storage.load(tmp_path / "none.npz")


def test_a_place_that_cannot_be_written_is_refused(small: Model, saved: Path) -> None:
    with pytest.raises(Invalid, match="模型写不到"):
        storage.save(small, saved / "below-a-file.npz")


def test_kept_models_are_listed_and_the_last_kept_is_current(small: Model, tmp_path: Path) -> None:
    first = storage.keep(small, tmp_path / "models")
    second = storage.keep(other(small), tmp_path / "models")
    assert storage.current(tmp_path / "models") == second
    accounts = storage.listed(tmp_path / "models")
    assert {account["version"]: account["current"] for account in accounts} == {first.stem: False, second.stem: True}
    assert {path.name for path in (tmp_path / "models").iterdir()} == {first.name, second.name, "current"}


def test_going_back_brings_the_old_answers_back(small: Model, tmp_path: Path) -> None:
    first = storage.keep(small, tmp_path)
    storage.keep(other(small), tmp_path)
    storage.promote(tmp_path, first.stem)
    assert storage.load(storage.current(tmp_path)).suggest(TEXT) == small.suggest(TEXT)


def test_what_cannot_be_loaded_is_not_promoted(small: Model, tmp_path: Path) -> None:
    good = storage.keep(small, tmp_path)
    (tmp_path / "20260101-broken.npz").write_bytes(b"no model")
    with pytest.raises(Unavailable):
        storage.promote(tmp_path, "20260101-broken")
    for unknown in ("20260101-nothing", "../models", "", "."):
        with pytest.raises(NotFound):
            storage.promote(tmp_path, unknown)
    assert storage.current(tmp_path) == good


def test_before_the_first_training_one_is_told_to_train(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="还没有训练好的模型"):
        storage.current(tmp_path)
    assert storage.listed(tmp_path) == []


def test_a_pointer_to_a_model_that_is_gone_is_noticed(small: Model, tmp_path: Path) -> None:
    storage.keep(small, tmp_path).unlink()
    with pytest.raises(Unavailable, match="不见了"):
        storage.current(tmp_path)
