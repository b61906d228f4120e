"""Models as files: arrays and JSON, nothing in them that could run; a pointer names the current one."""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from service.classifier.model import INDEXES, Block, Calibration, Model, Stretches, Words
from service.errors import Invalid, NotFound, Unavailable

POINTER = "current"
SUFFIX, BESIDE = ".npz", ".outcomes"
FORMAT = 1
TRAIN = "请运行 flask model train 重新训练。"
Arrays = Mapping[str, np.ndarray]


def save(model: Model, path: Path) -> Model:
    """Write the model whole or not at all; gives it back with its version (day and content).

    Raises:
        Invalid: the place cannot be written.
    """
    arrays = _arrays(model)
    day = str(model.about["trained_at"])[:10].replace("-", "")
    about = {**model.about, "format": FORMAT, "version": f"{day}-{_digest(arrays)[:8]}"}
    arrays["about"] = _bytes(json.dumps(about, ensure_ascii=False, sort_keys=True))
    arrays["digest"] = _bytes(_digest(arrays))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, lambda file: np.savez(file, allow_pickle=False, **arrays))
    except OSError as error:
        raise Invalid(f"模型写不到 {path}：{error.strerror}。请换一个可写的位置。") from error
    return replace(model, about=about)


def load(path: Path) -> Model:
    """Read a model.

    Raises:
        Unavailable: it is missing, damaged, or holds anything but plain arrays.
    """
    arrays = _read(path)
    try:
        if _text(arrays.pop("digest")) != _digest(arrays):
            raise Unavailable(f"模型文件 {path} 已损坏（校验和不符）。{TRAIN}")
        return _model(arrays)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise Unavailable(f"{path} 不是本程序的模型文件。{TRAIN}") from error


def about(path: Path) -> dict[str, Any]:
    """What a model says of itself, without loading its weights.

    Raises:
        Unavailable: as load().
    """
    try:
        return json.loads(_text(_read(path, {"about"})["about"]))
    except (KeyError, ValueError) as error:
        raise Unavailable(f"{path} 不是本程序的模型文件。{TRAIN}") from error


def keep(model: Model, folder: Path, outcomes: bytes = b"") -> Path:
    """Save a model under its version among the others and make it the current one."""
    place = add(model, folder, outcomes)
    point(folder, place.stem)
    return place


def add(model: Model, folder: Path, outcomes: bytes = b"") -> Path:
    """Save a model under its version among the others.

    Args:
        outcomes: what weights that had not seen its texts said of them (outcomes.pack); kept beside the model.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = save(model, folder / f"new-{os.getpid()}{SUFFIX}")
    place = folder / f"{kept.about['version']}{SUFFIX}"
    os.replace(folder / f"new-{os.getpid()}{SUFFIX}", place)
    if outcomes:
        _write(place.with_suffix(BESIDE), lambda file: file.write(outcomes))
    return place


def discard(place: Path) -> None:
    """Take a model off this machine."""
    for one in (place, place.with_suffix(BESIDE)):
        one.unlink(missing_ok=True)


def outcomes(place: Path) -> bytes:
    """What was kept beside a model; empty where nothing was."""
    try:
        return place.with_suffix(BESIDE).read_bytes()
    except OSError:
        return b""


def fetched(folder: Path, version: str, content: bytes) -> Model:
    """Save a model's file that was kept elsewhere, once it is known to be whole, and load it.

    Raises:
        Unavailable: it is damaged, or is another version.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetched") as draft:
        arrived = Path(draft) / f"{version}{SUFFIX}"
        _write(arrived, lambda file: file.write(content))
        model = kept(Path(draft), version)
        os.replace(arrived, folder / f"{version}{SUFFIX}")
    return model


def kept(folder: Path, version: str) -> Model:
    """Load a version out of those of this machine.

    Raises:
        Unavailable: it is not here, is damaged, or is another version.
    """
    model = load(folder / f"{version}{SUFFIX}")
    if model.about.get("version") != version:
        raise Unavailable(f"模型文件 {version}{SUFFIX} 里是另一个版本。{TRAIN}")
    return model


def promote(folder: Path, version: str) -> Path:
    """Make a kept version the current one.

    Raises:
        NotFound: there is no such version.
        Unavailable: it is damaged; the current one stays.
    """
    place = folder / f"{version}{SUFFIX}"
    if Path(version).name != version or not place.is_file():
        raise NotFound(f"没有版本为 {version} 的模型；用 flask model list 查看现有的版本。")
    load(place)
    point(folder, version)
    return place


def point(folder: Path, version: str) -> None:
    """Let the pointer name a version that is known to be whole."""
    _write(folder / POINTER, lambda file: file.write(version.encode("ascii")))


def current(folder: Path) -> Path:
    """The file of the current model.

    Raises:
        Unavailable: none was trained yet, or it is gone.
    """
    try:
        place = folder / f"{(folder / POINTER).read_text(encoding='ascii').strip()}{SUFFIX}"
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{folder} 里还没有训练好的模型，请先运行 flask model train。") from error
    if not place.is_file():
        raise Unavailable(f"当前模型 {place} 不见了。{TRAIN}")
    return place


def listed(folder: Path) -> list[dict[str, Any]]:
    """Every kept model's own account, newest first, with `current` true for the one in use."""
    chosen = None
    with suppress(Unavailable):
        chosen = current(folder)
    accounts = [{**about(path), "current": path == chosen} for path in folder.glob(f"2*{SUFFIX}")]
    return sorted(accounts, key=lambda account: account["trained_at"], reverse=True)


def _arrays(model: Model) -> dict[str, np.ndarray]:
    arrays = {"weights": model.weights, "bias": model.bias, "calibration": np.array(model.calibration)}
    arrays["labels"] = _bytes(json.dumps(model.labels, ensure_ascii=False))
    for name, block in zip(INDEXES, model.blocks, strict=True):
        arrays[f"{name}.terms"] = _terms(block.index)
        arrays[f"{name}.idf"] = block.idf
    return arrays


def _terms(index: Words | Stretches) -> np.ndarray:
    return index.keys if isinstance(index, Stretches) else _bytes(json.dumps(list(index.numbers), ensure_ascii=False))


def _model(arrays: Arrays) -> Model:
    blocks, offset = [], 0
    for name, index in INDEXES.items():
        stored = arrays[f"{name}.terms"]
        terms = json.loads(_text(stored)) if name == "words" else stored
        blocks.append(Block(index(terms), arrays[f"{name}.idf"], offset))
        offset += len(terms)
    labels, weights = tuple(json.loads(_text(arrays["labels"]))), arrays["weights"]
    if weights.shape != (offset, len(labels)):
        raise ValueError("weights do not fit the terms")
    calibration = Calibration(*arrays["calibration"].tolist())
    return Model(labels, tuple(blocks), weights, arrays["bias"], calibration, json.loads(_text(arrays["about"])))


def _read(path: Path, only: set[str] | None = None) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, NpzFile(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files if only is None or name in only}
    except FileNotFoundError as error:
        raise Unavailable(f"找不到模型文件 {path}。{TRAIN}") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise Unavailable(f"模型文件 {path} 已损坏或含有不认识的内容，没有加载。{TRAIN}") from error


def _digest(arrays: Arrays) -> str:
    """One figure over names, shapes and bytes of the arrays."""
    sum_ = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        sum_.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        sum_.update(np.ascontiguousarray(array).tobytes())
    return sum_.hexdigest()


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _text(array: np.ndarray) -> str:
    return array.tobytes().decode("utf-8", "surrogatepass")


def _write(path: Path, fill: Any) -> None:
    """Fill a file beside the place and move it there, so that no reader ever sees half of it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".draft")
    try:
        with os.fdopen(descriptor, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(descriptor)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
