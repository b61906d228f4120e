"""What weights that had not seen a text said of it: by this two models are compared on texts that both have learnt."""

import io
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.lib.npyio import NpzFile

from service.classifier.model import Floats

KEY_BYTES = 16


class Outcome(NamedTuple):
    """What was said of a text, and with which probability."""

    label: str
    probability: float


def key(title: str, text: str) -> bytes:
    """By what a text is found again; it cannot be read in it."""
    return sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]


def pack(titles: Sequence[str], texts: Sequence[str], labels: Sequence[str], likely: Floats) -> bytes:
    """Arrays, as models are kept.

    Args:
        likely: a row for each text, a column for each label; from weights that had not seen the text.
    """
    keys = b"".join(key(title, text) for title, text in zip(titles, texts, strict=True))
    said = likely.argmax(axis=1).astype(np.int16)
    file = io.BytesIO()
    np.savez_compressed(
        file, allow_pickle=False, keys=np.frombuffer(keys, dtype=np.uint8), said=said,
        probabilities=likely.max(axis=1).astype(np.float32),
        labels=np.frombuffer(json.dumps(list(labels)).encode(), dtype=np.uint8),
    )  # fmt: skip
    return file.getvalue()


def unpack(packed: bytes) -> Mapping[bytes, Outcome]:
    """The outcome of each text, by its key."""
    with NpzFile(io.BytesIO(packed), allow_pickle=False) as arrays:
        labels, keys = json.loads(arrays["labels"].tobytes()), arrays["keys"].tobytes()
        rows = zip(arrays["said"].tolist(), arrays["probabilities"].tolist(), strict=True)
        return {
            keys[at * KEY_BYTES : (at + 1) * KEY_BYTES]: Outcome(labels[said], probability)
            for at, (said, probability) in enumerate(rows)
        }
