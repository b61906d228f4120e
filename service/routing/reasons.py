"""The sentences that tell why a complaint went where it went; read by the enterprise, so no figures and no jargon."""

from service.directory.rules import BODIES, Category, Department, Gate, Place
from service.routing.matter import ASKING, Case
from service.routing.respondent import UNKNOWN, Body
from service.sentences import say

UNSEEN = "系统没有识别出这件事属于哪一类"
STRANGE = "来件与系统见过的诉求都不像，需由派单员先看内容"
PAST = "来件说的像是已经过去的事故，要求什么、归谁办理，需由派单员先看内容"
UNPLACED = "没有认出事情发生在哪个旗县区"
UNNAMED = "举报没有填写被举报的单位，需由上级派单员核对后密封派单"
BY_THE_SUPERVISOR = "来件反映打击报复，涉及督办机构自己，需密封指定第三方办理"
LIKE_RETALIATION = "来件像是反映打击报复，密封保存，由自治区派单员核对后交督办机构，不经过被反映单位"
IF_IT_GOES_ON = "如果事情正在发生，请不要等待答复，立即拨打紧急电话：110、119、120、122。"
URGENT = "按紧急事项办理。"
# What the body named is to the matter → what it is about, and whom it concerns.
WHOM = {
    "debtor": "%(what)s，债务人%(body)s",
    "accused": "%(what)s，被投诉单位%(body)s",
    "concerned": "%(what)s，相关单位%(body)s",
}
WHOM_BY_KIND = {
    "debtor": "%(what)s，债务人%(body)s（%(kind)s）",
    "accused": "%(what)s，被投诉单位%(body)s（%(kind)s）",
    "concerned": "%(what)s，相关单位%(body)s（%(kind)s）",
}
GATE_SENTENCES = {
    "refuse": "来件显示“%(name)s”，拟不予受理并告知渠道，由派单员确认",
    "pass_on": "来件显示“%(name)s”，密封保存，拟转送有权处理的机关，由派单员确认",
    "hand_over": "来件显示“%(name)s”，请立即拨打紧急电话",
}


def contradicted(chosen: Category, guess: Category) -> str:
    """The filer and the machine do not agree."""
    return say(
        "填报时选择的是“%(chosen)s”，系统按内容识别为“%(guess)s”，两者不一致", chosen=chosen.name, guess=guess.name
    )


def unsure(guess: Category) -> str:
    """The machine is not sure enough."""
    return say("系统对类别没有把握，最接近的是“%(family)s—%(guess)s”", family=guess.family_name, guess=guess.name)


def confirm(category: Category) -> str:
    """The policy asks for a person."""
    return say("“%(family)s”类事项按规定由派单员确认后再派单", family=category.family_name)


def elsewhere(case: Case) -> str:
    """The place that was filled in is not the respondent's."""
    given, body, places = case.matter.place, case.body, case.directory.places
    if case.between is None or body is None or given is None or body.place is None:
        return ""
    told = "填写的地点是%(given)s，%(body)s属于%(place)s，两者不一致，需先核实"
    return say(told, given=places[given].name, body=body.name, place=places[body.place].name)


def out_of_scope(leaf: Category) -> str:
    """It is not for this platform."""
    return say("来件属于“%(leaf)s”，不在企业诉求办理范围，拟告知办理渠道", leaf=leaf.name)


def unknown_debtor(body: Body) -> str:
    """Nobody can say yet whether the debt is under any of the laws."""
    return say(
        "从名称看不出%(body)s是机关、事业单位、国有企业、大型企业还是民营中小企业，"
        "还不能确定是否适用《保障中小企业款项支付条例》，需先核实",
        body=body.name,
    )


def commercial(body: Body) -> str:
    """No law of ours covers the debt."""
    kind = BODIES[body.kind]
    return say(
        "债务人%(body)s（%(kind)s）的这笔欠款不属于可以受理的拖欠账款投诉，拟告知调解、诉讼等渠道",
        body=body.name,
        kind=kind,
    )


def gate(found: Gate) -> str:
    """What a gate does."""
    return say(GATE_SENTENCES[found.effect], name=found.name)


def retaliation(department: Department, basis: str | None) -> str:
    """It goes to the region's supervisor."""
    if basis is None:
        return say("来件反映打击报复，密封直送%(department)s督办，不经过被反映单位。", department=short(department))
    told = "来件反映打击报复，密封直送%(department)s督办，不经过被反映单位（%(basis)s）。"
    return say(told, department=short(department), basis=basis)


def triage(why: str, desk: Place, case: Case) -> str:
    """Why a person dispatches it, and which."""
    note = _warning(case)
    return say("%(why)s。已转%(desk)s派单员人工派单。%(note)s", why=why, desk=desk.name, note=note)


def dispatched(case: Case, receiver: Department, handler: Department, principle: str, basis: str | None) -> str:
    """What it is, who receives it, who handles it, and by what principle."""
    told = "%(subject)s。%(where)s——%(principle)s。%(more)s"
    if basis:
        told = "%(subject)s。%(where)s——%(principle)s（%(basis)s）。%(more)s"
    more = _sealed(case) + _arrears_note(case) + _warning(case)
    where = _where(receiver, handler)
    return say(told, subject=_subject(case), where=where, principle=principle, basis=basis, more=more)


def directed(case: Case, receiver: Department, handler: Department, directive: str, urgent: bool) -> str:
    """Which directive sends it where; the category is only told where it is certain."""
    told = "%(where)s——按分派规则“%(directive)s”。%(more)s"
    if case.category and not case.doubt:
        told = "%(subject)s。%(where)s——按分派规则“%(directive)s”。%(more)s"
    more = (URGENT if urgent else "") + _sealed(case) + _arrears_note(case) + _warning(case)
    where = _where(receiver, handler)
    return say(told, subject=_subject(case), where=where, directive=directive, more=more)


def _where(receiver: Department, handler: Department) -> str:
    if receiver == handler:
        return say("办理：%(handler)s", handler=short(handler))
    return say("受理：%(receiver)s；办理：%(handler)s", receiver=short(receiver), handler=short(handler))


def _sealed(case: Case) -> str:
    return "密封办理，不转被反映的人和单位。" if case.sealed else ""


def proposed(doubt: str, directive: str, handler: Department, urgent: bool) -> str:
    """Why a directive only proposes, and what."""
    told = "%(doubt)s；分派规则“%(directive)s”建议由%(handler)s办理"
    urgently = "%(doubt)s；分派规则“%(directive)s”建议由%(handler)s办理，按紧急事项处理"
    return say(urgently if urgent else told, doubt=doubt, directive=directive, handler=short(handler))


def passed_over(directive: str, why: str) -> str:
    """Why a directive that fits was not followed."""
    return say("分派规则“%(directive)s”不适用：%(why)s。", directive=directive, why=why)


def _subject(case: Case) -> str:
    category, body = case.category, case.body
    named = "%(family)s（%(category)s）"
    what = say(named, family=category.family_name, category=category.name) if category else ""
    if body is None:
        return _mentions(what, case)
    role = "debtor" if case.family == "arrears" else "accused" if case.against else "concerned"
    if body.kind == UNKNOWN:
        return say(WHOM[role], what=what, body=body.name)
    return say(WHOM_BY_KIND[role], what=what, body=body.name, kind=BODIES[body.kind])


def _mentions(what: str, case: Case) -> str:
    """Whom the text names too, since that decided who does not handle it."""
    if not case.accused:
        return what
    told = "%(what)s，来件写到%(accused)s等单位" if len(case.accused) > 1 else "%(what)s，来件写到%(accused)s"
    return say(told, what=what, accused=short(case.accused[0]))


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
    if case.alarm is not None:
        return IF_IT_GOES_ON
    warns = case.gate is not None and case.gate.effect == "warn"
    return say("请注意：%(channel)s", channel=case.gate.channel) if warns and case.gate else ""


def short(department: Department) -> str:
    """A department as people here say it: 自治区财政厅, not 内蒙古自治区财政厅."""
    return department.name.removeprefix("内蒙古") if department.name.startswith("内蒙古自治区") else department.name
