"""A mistake in a seed file stops with file, line and reason."""

import shutil

import pytest

from service.config import ROOT
from service.directory import seeds
from service.seedfile import SeedError

FILES = ("regions.csv", "seed_categories.yaml", "seed_departments.yaml")
TREE, BODIES, PLACES = "seed_categories.yaml", "seed_departments.yaml", "regions.csv"
TAX = "{code: tax, name: 税务, policy: auto, nature: request, owners: [tax]}"
INVOICE = "{code: tax.invoice, parent: tax, name: 发票, own_act: true, cues: ["

MISTAKES = [
    (TREE, TAX, "{code: tax, name: 税务, policy: auto, nature: request}", "缺少主管部门"),
    (TREE, TAX, "{code: tax, name: 税务, policy: auto, nature: request, owners: [taxi]}", "没有这种部门：taxi"),
    (TREE, TAX, "{code: tax, name: 税务, policy: auto, nature: request, owners: [fire: [消防]]}", "不带词语"),
    (TREE, TAX, "{code: tax, name: 税务, policy: always, nature: request, owners: [tax]}", "没有这个值：always"),
    (TREE, TAX, "{code: tax, name: 税务, policy: auto, nature: anger, owners: [tax]}", "没有这个值：anger"),
    (TREE, TAX, "{code: tax, name: 税务, nature: request, owners: [tax]}", "缺少 policy"),
    (TREE, TAX, "{code: tax, parent: tax.levy, name: 税务, cues: [税]}", "成环"),
    (TREE, INVOICE, "{code: tax.invoice, parent: taxes, name: 发票, cues: [", "没有这个上级类别：taxes"),
    (TREE, INVOICE, "{code: tax.invoice, parent: tax, name: 发票, threshold: 1.2, cues: [", "不超过 1：1.2"),
    (TREE, "threshold: 0.6", "threshold: 高", "不超过 1：高"),
    (TREE, "threshold: 0.6", "threshold:", "缺少 threshold"),
    (TREE, INVOICE, "{code: tax, parent: tax, name: 发票, cues: [", "重复"),
    (TREE, INVOICE, "{code: market.invoice, parent: tax, name: 发票, cues: [", "编码应以 tax. 开头"),
    (TREE, INVOICE, "{code: tax.invoice, parent: tax.refund, name: 发票, cues: [", "类别只有两层"),
    (TREE, INVOICE, "{code: tax.invoice, parent: tax, name: 发票, owners: [], cues: [", "缺少主管部门"),
    (TREE, INVOICE, "{code: tax.invoice, parent: tax, name: 发票, gate: open, cues: [", "没有这个关口：open"),
    (TREE, INVOICE, "{code: tax.invoice, parent: tax, name: 发票, hints: [", "没有这个字段：hints"),
    (TREE, "    effect: pass_on", "    effect: burn", "没有这个值：burn"),
    (TREE, "    not_for: [default.judgment]", "    not_for: [default.judgement]", "没有这个类别：default.judgement"),
    (BODIES, "    spoken: [司法厅, 司法局]", "    spoke: [司法厅, 司法局]", "没有这个字段：spoke"),
    (BODIES, "    merged: {旗县区: dev-reform,", "    merged: {旗县区: reform,", "没有这种部门：reform"),
    (BODIES, "    merged: {旗县区: dev-reform,", "    merged: {县: dev-reform,", "没有这个级别：县"),
    (BODIES, "  - code: energy", "  - code: forestry", "重复"),
    (BODIES, '      "150200": 包头海关', '      "150299": 包头海关', "没有这个地区编码：150299"),
    (BODIES, '{自治区: "{name}司法厅",', '{自治区: "{nane}司法厅",', "名称样式"),
    (BODIES, "{code: hospitals, kind: health,", "{code: hospitals, kind: healthy,", "没有这种部门：healthy"),
    (BODIES, "{code: other-fiscal, kind: finance, debtors: [fiscal]}", "{code: other-fiscal, kind: finance}", "至少"),
    (BODIES, "debtors: [fiscal]", "debtors: [fiscals]", "没有这种债务人：fiscals"),
    (BODIES, "{code: village,", "{code: villain,", "没有这种债务人：villain"),
    (PLACES, "150821,五原县,旗县区,150800,", "150802,五原县,旗县区,150800,", "编码 150802 重复"),
    (PLACES, "150821,五原县,旗县区,150800,", "150821,五原县,县,150800,", "没有这个级别：县"),
    (PLACES, "150821,五原县,旗县区,150800,", "150821,五原县,旗县区,159900,", "上级 159900"),
    (PLACES, "150821,五原县,旗县区,150800,", "150821,五原县,旗县区", "五列"),
]


@pytest.fixture
def data(tmp_path):
    for name in FILES:
        shutil.copy(ROOT / "data" / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("file", "right", "wrong", "reason"), MISTAKES)
def test_a_mistake_is_told_with_file_line_and_reason(data, file, right, wrong, reason):
    text = (data / file).read_text(encoding="utf-8")
    assert text.count(right) == 1
    (data / file).write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        seeds.tables(data)
    path, line, told = caught.value.message.split(":", 2)
    assert path.endswith(file)
    assert reason in told
    assert int(line) == text[: text.index(right)].count("\n") + 1


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(data, file):
    (data / file).unlink()
    with pytest.raises(SeedError, match=f"{file}:1: 读不出来"):
        seeds.tables(data)


def test_an_owner_that_the_region_does_not_have_is_refused(data):
    path = data / BODIES
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('levels: {自治区: "{name}司法厅", ', "levels: {"), encoding="utf-8")
    with pytest.raises(SeedError, match="justice 在自治区一级没有部门"):
        seeds.tables(data)
