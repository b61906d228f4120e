"""What this installation is set to: what can be changed while it runs, what the environment says, and no secret."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask_babel import gettext as _

from service.accounts.rules import FREE_FAILURES, SHORTEST_PASSWORD, SIGNED_IN_FOR
from service.directory import operations as directory
from service.http import needs
from service.learning import registry
from service.notices import operations as notices
from service.web.admin_forms import READERS

pages = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")


@dataclass(frozen=True)
class Setting:
    """A setting as the page tells it: what it does, what it stands at, and where it is changed."""

    name: str
    value: str
    about: str
    url: str = ""


# Variable of the environment → what it is for. Only whether it is set is told.
SECRET = {
    "SMS_GATEWAY_URL": ("短信网关", "没有配置时短信不发，通知只在站内"),
    "SMS_GATEWAY_SECRET": ("短信网关的签名密钥", "短信网关用它核对是不是本平台发的"),
    "TELEPHONE_SECRET": ("电话系统的签名密钥", "没有配置时电话系统不能弹出来电"),
    "SECRET_KEY": ("加密密钥", "登录会话和个人信息加密都用它，丢了解不开"),
}


@pages.get("")
@needs(*READERS)
def listed() -> str:
    """Everything that is set, in two tables."""
    return render_template("admin/settings.html", running=_running(), fixed=_fixed(), secrets=_secrets())


def _running() -> list[Setting]:
    """What is changed on a page of its own, with history there."""
    quiet, by_itself = notices.quiet(), registry.promotes_by_itself()
    return [
        Setting(_("夜间免打扰"), f"{quiet.begins:%H:%M}—{quiet.ends:%H:%M}", _("这段时间不发短信，早上再发"),
                url_for("notice_desk.hours")),
        Setting(_("新模型怎么启用"), _("通过比较后由系统启用") if by_itself else _("通过比较后等人决定"),
                _("退回上一版以后自动改为等人决定"), url_for("model_desk.current")),
    ]  # fmt: skip


def _fixed() -> list[Setting]:
    """What is part of this version, or set where it is installed."""
    inside = current_app.config["WEBHOOK_ALLOW_PRIVATE"]
    return [
        Setting(_("基础数据版本"), directory.current().revision, _("改部门、类别、时限、日历后会变")),
        Setting(_("推送到内网地址"), _("允许") if inside else _("不允许"), _("环境变量 WEBHOOK_ALLOW_PRIVATE")),
        Setting(_("登录保持"), _("%(count)d 小时", count=SIGNED_IN_FOR.seconds // 3600), _("到时要重新登录")),
        Setting(_("密码"), _("至少 %(count)d 位", count=SHORTEST_PASSWORD), _("长短比花样要紧")),
        Setting(_("登录失败"), _("%(count)d 次后要等待", count=FREE_FAILURES), _("每多错一次，等待时间加倍")),
    ]  # fmt: skip


def _secrets() -> list[dict[str, Any]]:
    """Whether each secret is there; what it is, no page tells."""
    return [{"variable": variable, "name": _(name), "about": _(about), "there": bool(current_app.config[variable])}
            for variable, (name, about) in SECRET.items()]  # fmt: skip
