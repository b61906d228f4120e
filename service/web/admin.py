"""The administrators' first page: all that can be looked after, in groups; and the record of what was done."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from flask_login import current_user

from service.audit import operations as audit
from service.audit.operations import Sought
from service.fields import Choice, Count, Day, Schema, Text
from service.http import needs
from service.web import worklists
from service.web.admin_forms import READERS

ROWS = 50
MOST = 2**62

pages = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class Part:
    """A page of administration: its name, and what one does there."""

    endpoint: str
    name: str
    icon: str
    about: str


# group → its pages
GROUPS: dict[str, tuple[Part, ...]] = {
    "人员": (Part("admin_users.listed", "用户", "people", "谁能登录、有什么岗位；一次性密码、停用和令牌"),),
    "部门与分派": (
        Part("admin_departments.listed", "部门", "building", "名称、电话和办公时间，新增和停用"),
        Part("routing_desk.listed", "分派规则", "signpost-split", "在系统判断之上，指定哪些诉求派给谁，先试算再保存"),
        Part("reorganisations.listed", "职责划转", "arrow-repeat", "部门撤并或换手时，把没办完的诉求一起带走"),
    ),
    "类别与模型": (
        Part("admin_categories.listed", "类别与职责", "diagram-3", "小类的名称和顺序，由谁办，系统能不能直接派"),
        Part("admin_gates.listed", "关口", "slash-circle", "不受理、转送和立即转交的情形，以及告诉企业的话"),
        Part("model_desk.current", "分类模型", "cpu", "模型准不准、各个版本、纠正样本和漂移"),
    ),
    "时限与日历": (
        Part("admin_clocks.listed", "时限", "clock", "每件事最迟多久办完、什么时候提醒，从哪天起怎么改"),
        Part("admin_calendars.listed", "工作日历", "calendar3", "放假、调休和办公时间，录入国务院的年度通知"),
    ),
    "文字与通知": (
        Part("knowledge.index", "问答库", "chat-left-text", "话务员照着念、企业能查到的答案"),
        Part("admin_replies.listed", "答复模板", "file-earmark-text", "承办人写答复、延期和补材料告知时选用的文字"),
        Part("admin_notices.listed", "通知模板", "envelope", "站内消息、短信和推送的文字"),
        Part("notice_desk.addresses", "通知地址", "link-45deg", "除站内消息外还发到哪里"),
        Part("notice_desk.deliveries", "发送记录", "send", "发出去的、没发出去的和原因"),
    ),
    "系统": (
        Part("admin_settings.listed", "设置", "sliders", "现在是怎么设的、在哪里改，对接有没有配置"),
        Part("admin.records", "操作记录", "journal-text", "谁在什么时候改了什么，一条也删不掉"),
    ),
}  # fmt: skip
# What an entry's action begins with, and how it ends.
THINGS = {
    "account": "企业账户", "calendar": "工作日历", "category": "类别", "clock": "时限", "complaints": "诉求表格",
    "department": "部门", "directive": "分派规则", "duty": "职责疑问", "example": "纠正样本", "gate": "关口",
    "knowledge": "问答", "model": "分类模型", "note": "内部备注", "notice": "通知", "notice_template": "通知模板",
    "numbers": "号码",
    "reorganisation": "职责划转", "reply_template": "答复模板", "setting": "设置", "token": "令牌",
    "user": "用户",
}  # fmt: skip
DEEDS = {
    "added": "新增", "address_added": "添加地址", "address_removed": "删除地址", "attached": "并入诉求",
    "cancelled": "取消", "closed": "停用", "confirmed": "确认", "created": "新建", "day_removed": "取消一天的安排",
    "day_set": "安排一天", "done": "办完", "dropped": "剔除", "edited": "修改", "exported": "导出",
    "handed_over": "移交", "hours_set": "改办公时间", "imported": "导入", "invitation_withdrawn": "收回邀请",
    "invited": "邀请", "issued": "发出", "joined": "加入", "moved": "调整顺序", "opened": "开户",
    "password_changed": "改密码", "password_reset": "重设密码", "paused": "停用", "prepared": "拟定",
    "promoted": "启用", "promotion_rule": "改启用方式", "proposed": "提交案例",
    "quiet_hours": "改免打扰时间", "refused": "不启用", "removed": "删除", "resent": "重发", "resumed": "启用",
    "retraining_asked": "要求重新训练", "revoked": "作废",
    "rolled_back": "退回上一版", "seeded": "记下原来的内容", "shown": "看了全文", "signed_in": "登录",
    "taken_out": "移出", "template_edited": "改模板",
    "undone": "撤销修改", "weighed": "处理", "written": "写下", "year_published": "录入全年放假安排",
}  # fmt: skip


class RecordsSchema(Schema):
    """Which part of the record a page shows."""

    actor = Text(most=100)
    thing = Choice(THINGS)
    since = Day()
    until = Day()
    cursor = Count(least=1, most=MOST)


RECORDS = RecordsSchema()
FILTERS = {"actor", "thing", "since", "until"}


@pages.get("")
@needs(*READERS)
def home() -> str:
    """Every page of administration that the reader may open."""
    groups = {_(group): [part for part in parts if _may_open(part.endpoint)] for group, parts in GROUPS.items()}
    return render_template("admin/home.html", groups={group: parts for group, parts in groups.items() if parts})


def _may_open(endpoint: str) -> bool:
    """Whether the guard of a page lets the reader in."""
    guard = getattr(current_app.view_functions[endpoint], "guard", ())
    return bool(current_user.roles.intersection(guard))


@pages.get("/records")
@needs(*READERS)
def records() -> Any:
    """What was recorded outside complaints, the newest first."""
    form, given = worklists.asked(RECORDS)
    found = [] if form.errors else audit.recorded(Sought(**given), ROWS + 1)
    following = worklists.address(form, cursor=found[ROWS - 1].id) if len(found) > ROWS else ""
    rows = [{"entry": one, "thing": _(THINGS.get(thing, thing)), "what": _(DEEDS.get(what, what))}
            for one in found[:ROWS] for thing, _dot, what in [audit.action_of(one).partition(".")]]  # fmt: skip
    return render_template(
        "admin/records.html", form=form, rows=rows, following=following, things=THINGS,
        first=worklists.address(form) if "cursor" in given else "", filtered=FILTERS & set(form.values),
    ), form.status  # fmt: skip
