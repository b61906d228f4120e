"""The sentences that tell why a complaint went where it went; read by the enterprise, so no figures and no jargon."""

from service.directory.rules import BODIES, Category, Department, Gate, Place
from service.routing.matter import ASKING, Case
from service.routing.respondent import UNKNOWN, Body

UNSEEN = "系统没有识别出这件事属于哪一类"
STRANGE = "来件与系统见过的诉求都不像，需由派单员先看内容"
UNPLACED = "没有写明事情发生在哪个旗县区"
UNNAMED = "举报没有写明被举报的单位，需由上级派单员核对后密封派单"
BY_THE_SUPERVISOR = "来件反映打击报复，涉及督办机构自己，需密封指定第三方办理"
URGENT = "按紧急事项办理。"
GATE_SENTENCES = {
    "refuse": "来件显示“{name}”，拟不予受理并告知渠道，由派单员确认",
    "pass_on": "来件显示“{name}”，密封保存，拟转送有权处理的机关，由派单员确认",
    "hand_over": "来件显示“{name}”，请立即拨打紧急电话",
}


def contradicted(chosen: Category, guess: Category) -> str:
    """The filer and the machine do not agree."""
    return f"填报时选择的是“{chosen.name}”，系统按内容识别为“{guess.name}”，两者不一致"


def unsure(guess: Category) -> str:
    """The machine is not sure enough."""
    return f"系统对类别没有把握，最接近的是“{guess.family_name}—{guess.name}”"


def confirm(category: Category) -> str:
    """The policy asks for a person."""
    return f"“{category.family_name}”类事项按规定由派单员确认后再派单"


def out_of_scope(leaf: Category) -> str:
    """It is not for this platform."""
    return f"来件属于“{leaf.name}”，不在企业诉求办理范围，拟告知办理渠道"


def unknown_debtor(body: Body) -> str:
    """Nobody can say yet whether the debt is under any of the laws."""
    return (
        f"从名称看不出{body.name}是机关、事业单位、国有企业、大型企业还是民营中小企业，"
        "还不能确定是否适用《保障中小企业款项支付条例》，需先核实"
    )


def commercial(body: Body) -> str:
    """No law of ours covers the debt."""
    kind = BODIES[body.kind]
    return f"债务人{body.name}（{kind}）的这笔欠款不属于可以受理的拖欠账款投诉，拟告知调解、诉讼等渠道"


def gate(found: Gate) -> str:
    """What a gate does."""
    return GATE_SENTENCES[found.effect].format(name=found.name)


def retaliation(department: Department, basis: str | None) -> str:
    """It goes to the region's supervisor."""
    cited = f"（{basis}）" if basis else ""
    return f"来件反映打击报复，密封直送{short(department)}督办，不经过被反映单位{cited}。"


def triage(why: str, desk: Place, case: Case) -> str:
    """Why a person dispatches it, and which."""
    note = _warning(case)
    return f"{why}。已转{desk.name}派单员人工派单。{note}"


def dispatched(case: Case, receiver: Department, handler: Department, principle: str, basis: str | None) -> str:
    """What it is, who receives it, who handles it, and by what principle."""
    where = f"办理：{short(handler)}"
    if receiver != handler:
        where = f"受理：{short(receiver)}；{where}"
    cited = f"（{basis}）" if basis else ""
    sealed = "密封办理，不转被反映的人和单位。" if case.sealed else ""
    return f"{_subject(case)}。{where}——{principle}{cited}。{sealed}{_arrears_note(case)}{_warning(case)}"


def directed(case: Case, receiver: Department, handler: Department, directive: str, urgent: bool) -> str:
    """Which directive sends it where; the category is only told where it is certain."""
    where = f"办理：{short(handler)}"
    if receiver != handler:
        where = f"受理：{short(receiver)}；{where}"
    what = f"{_subject(case)}。" if case.category and not case.doubt else ""
    sealed = "密封办理，不转被反映的人和单位。" if case.sealed else ""
    haste = URGENT if urgent else ""
    return f"{what}{where}——按分派规则“{directive}”。{haste}{sealed}{_arrears_note(case)}{_warning(case)}"


def proposed(doubt: str, directive: str, handler: Department, urgent: bool) -> str:
    """Why a directive only proposes, and what."""
    return f"{doubt}；分派规则“{directive}”建议由{short(handler)}办理{'，按紧急事项处理' if urgent else ''}"


def passed_over(directive: str, why: str) -> str:
    """Why a directive that fits was not followed."""
    return f"分派规则“{directive}”不适用：{why}。"


def _subject(case: Case) -> str:
    category, body = case.category, case.body
    what = f"{category.family_name}（{category.name}）" if category else ""
    if body is None:
        return f"{what}{_mentions(case)}"
    role = "债务人" if case.family == "arrears" else "被投诉单位" if case.against else "相关单位"
    kind = f"（{BODIES[body.kind]}）" if body.kind != UNKNOWN else ""
    return f"{what}，{role}{body.name}{kind}"


def _mentions(case: Case) -> str:
    """Whom the text names, since that decided who does not handle it."""
    if not case.accused:
        return ""
    return f"，来件写到{short(case.accused[0])}{'等单位' if len(case.accused) > 1 else ''}"


def _arrears_note(case: Case) -> str:
    """What an arrears complaint should know about its law."""
    if case.nature in ASKING:
        return ""
    if case.law == "802" and case.matter.anonymous:
        return "匿名提交的，不启动条例规定的办理期限。"
    if case.law == "802" and case.matter.creditor_size is None:
        return "企业规模没有填写，先按中小企业办理；规模有争议的可以申请认定（条例第二十九条）。"
    if case.law == "private-economy":
        return "债务人是国有企业、规模还未确定；认定为大型企业的，改按《保障中小企业款项支付条例》办理。"
    return ""


def _warning(case: Case) -> str:
    warns = case.gate is not None and case.gate.effect == "warn"
    return f"请注意：{case.gate.channel}" if warns and case.gate else ""


def short(department: Department) -> str:
    """A department as people here say it: 自治区财政厅, not 内蒙古自治区财政厅."""
    return department.name.removeprefix("内蒙古") if department.name.startswith("内蒙古自治区") else department.name
