"""Seeding into the database, and reading it back."""

import shutil

import pytest
from sqlalchemy import func, select

from service import clock
from service.config import ROOT
from service.db import db
from service.directory import operations
from service.directory.models import Category, Department
from service.seedfile import SeedError
from tests.directory.book import book


@pytest.fixture
def data(app, tmp_path):
    """The seed files in a folder of their own, beside a database that already holds them."""
    for name in ("regions.csv", "seed_categories.yaml", "seed_departments.yaml"):
        shutil.copy(ROOT / "data" / name, tmp_path)
    return tmp_path


def edit(data, file, right, wrong):
    path = data / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")


def test_the_database_says_what_the_files_say(app):
    stored = operations.current()
    assert stored.departments == book().departments
    assert stored.categories == book().categories
    assert stored.gates == book().gates
    assert stored.kinds == book().kinds
    assert stored.places == book().places
    assert (stored.sectors, stored.debtor_kinds) == (book().sectors, book().debtor_kinds)


def test_seeding_again_changes_nothing_and_keeps_the_revision(data):
    before = operations.current().revision
    done = operations.seed(data)
    assert all((part.added, part.changed, part.retired) == (0, 0, 0) for part in done.values())
    assert operations.current().revision == before


def test_an_edited_file_changes_its_rows_and_the_revision(data):
    before = operations.current().revision
    edit(data, "seed_departments.yaml", '旗县区: "{name}医疗保障局"', '旗县区: "{name}医保局"')
    done = operations.seed(data)
    assert (done["departments"].changed, done["categories"].changed) == (103, 0)
    after = operations.current()
    assert after.revision != before
    assert after.departments["150821-health-insurance"].name == "五原县医保局"


def test_a_row_that_a_person_edited_is_never_touched(data):
    row = db.session.get(Department, "150821-health-insurance")
    row.name, row.edited_at = "五原县医疗保障中心", clock.now()
    db.session.flush()
    edit(data, "seed_departments.yaml", '旗县区: "{name}医疗保障局"', '旗县区: "{name}医保局"')
    done = operations.seed(data)
    assert (done["departments"].changed, done["departments"].kept) == (102, 1)
    assert operations.current().departments["150821-health-insurance"].name == "五原县医疗保障中心"


def test_a_leaf_that_leaves_the_file_stays_readable_but_out_of_use(data):
    path = data / "seed_categories.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "code: tax.levy" not in line), encoding="utf-8")
    assert operations.seed(data)["categories"].retired == 1
    after = operations.current()
    assert after.categories["tax.levy"].name == "征收争议"
    assert after.category("tax.levy") is None
    assert db.session.scalar(select(func.count()).select_from(Category)) == len(after.categories) + len(after.families)


def test_a_wrong_file_stores_nothing(data):
    edit(data, "seed_departments.yaml", '旗县区: "{name}医疗保障局"', '旗县区: "{name}医保局"')
    edit(data, "regions.csv", "150821,五原县,旗县区,150800,", "150821,五原县,旗县区,159900,")
    with pytest.raises(SeedError):
        operations.seed(data)
    assert db.session.get(Department, "150821-health-insurance").name == "五原县医疗保障局"


def test_a_seeding_that_is_rolled_back_is_forgotten(data):
    edit(data, "seed_departments.yaml", '旗县区: "{name}医疗保障局"', '旗县区: "{name}医保局"')
    operations.seed(data)
    assert operations.current().departments["150821-health-insurance"].name == "五原县医保局"
    db.session.rollback()
    assert operations.current().departments["150821-health-insurance"].name == "五原县医疗保障局"


def test_the_directory_is_read_once_until_its_revision_changes(app):
    first = operations.current()
    assert operations.current() is first
    operations.forget()
    assert operations.current() is first
    operations.bump()
    assert operations.current() is not first
