"""A service that knows six leaves, with a model that takes a second to train, in folders of its own."""

import shutil
from pathlib import Path

import pytest
import yaml
from flask import Flask

from service import clock
from service.classifier import operations as classifier
from service.config import ROOT
from service.db import transaction
from service.learning import registry
from service.learning.operations import follow

LEAVES = {
    "arrears": ("construction", "audit-delay", "deposit"),
    "approval": ("property", "delay"),
    "market": ("credit",),
}


@pytest.fixture(scope="session")
def six_leaves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed files with the examples of six leaves."""
    data = tmp_path_factory.mktemp("six-leaves")
    (data / "examples").mkdir()
    for name in ("seed_categories.yaml", "user_dictionary.txt"):
        (data / name).symlink_to(ROOT / "data" / name)
    for family, leaves in LEAVES.items():
        texts = yaml.safe_load((ROOT / "data" / "examples" / f"{family}.yaml").read_text(encoding="utf-8"))
        kept = {leaf: texts[leaf] for leaf in leaves}
        (data / "examples" / f"{family}.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return data


@pytest.fixture(scope="session")
def six_leaf_model(seeded: Flask, six_leaves: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of theirs."""
    var = tmp_path_factory.mktemp("six-leaf-model")
    with pytest.MonkeyPatch.context() as patch, seeded.app_context():
        patch.setitem(seeded.config, "DATA", six_leaves)
        patch.setitem(seeded.config, "VAR", var)
        patch.setattr(classifier, "_loaded", None)
        classifier.train_seed_model()
    return var


@pytest.fixture
def first(app: Flask, six_leaves: Path, six_leaf_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The version of a first model that is registered and answers."""
    shutil.copytree(six_leaf_model, tmp_path, dirs_exist_ok=True)
    monkeypatch.setitem(app.config, "DATA", six_leaves)
    monkeypatch.setitem(app.config, "VAR", tmp_path)
    monkeypatch.setattr(classifier, "_loaded", None)
    with transaction():
        champion = registry.register_first(clock.now())
        assert champion is not None
        assert follow() == champion.version
    return champion.version
