"""The ways out of the house: a short message gateway, mail servers and robots (apprise), signed webhooks."""

import hmac
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import phonenumbers
import urllib3
from flask import current_app
from sqlalchemy import select

from service.clock import local
from service.complaints.models import Complaint, Event
from service.db import db
from service.notices.models import Address, Notice
from service.sentences import say

PATIENCE = urllib3.Timeout(connect=3, read=7)
SIGNATURE, STAMP, KEY = "X-QST-Signature", "X-QST-Timestamp", "X-QST-Id"
# What apprise may be asked for; it knows a hundred services more, some of which run programs or write files.
SCHEMES = {"email": ("mailto", "mailtos"), "robot": ("wecombot", "dingtalk", "feishu", "lark")}
WEB = ("http", "https")
MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)

NO_GATEWAY = "没有配置短信网关"
NO_PHONE = "没有留手机号码"
LANDLINE = "留的是座机，收不到短信"
REMOVED = "地址已删除"
NOT_OUTSIDE = "地址指向内部网络，不能推送"
REFUSED_INSIDE = "地址指向内部网络，不能推送。"
UNKNOWN_HOST = "找不到这个主机"
NOT_TAKEN = "对方没有接收"


@dataclass(frozen=True)
class Outcome:
    """What became of one try.

    Attributes:
        state: sent, skipped (nothing to send it with or to) or failed.
        reason: a kind of error or an HTTP status, never anything of a person.
        final: whether trying again is of no use.
    """

    state: str
    reason: str | None = None
    final: bool = False


SENT = Outcome("sent")


def send(notice: Notice, now: datetime) -> Outcome:
    """Try once to bring a notice out of the house."""
    return SENDERS[notice.channel](notice, now)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA-256 over the time of sending, a dot and the body: an old message cannot be sent again as new."""
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()


# --- short messages --------------------------------------------------------------------------------------------------


def gateway() -> str:
    """The address of the short message gateway; empty where there is none."""
    return str(current_app.config.get("SMS_GATEWAY_URL") or "")


def _sms(notice: Notice, now: datetime) -> Outcome:
    """Through the gateway, to the number that the enterprise left: read now, kept nowhere else."""
    if not gateway():
        return Outcome("skipped", NO_GATEWAY)
    phone = db.session.scalar(select(Complaint.contact_phone).where(Complaint.id == notice.complaint_id))
    if not phone:
        return Outcome("skipped", NO_PHONE)
    if phonenumbers.number_type(phonenumbers.parse(phone, "CN")) not in MOBILE:
        return Outcome("skipped", LANDLINE)
    message = {"id": str(notice.id), "phone": phone, "text": notice.body}
    secret = str(current_app.config.get("SMS_GATEWAY_SECRET") or "")
    return _post(gateway(), secret, str(notice.id), message, now, private=True)


# --- webhooks --------------------------------------------------------------------------------------------------------


def _webhook(notice: Notice, now: datetime) -> Outcome:
    address = _address(notice)
    if address is None or not address.url:
        return Outcome("failed", REMOVED, final=True)
    private = bool(current_app.config.get("WEBHOOK_ALLOW_PRIVATE"))
    return _post(address.url, address.secret or "", str(notice.id), _pushed(notice), now, private=private)


def _pushed(notice: Notice) -> dict[str, Any]:
    """What another system learns: that something happened, and where to ask; nothing of what anybody wrote."""
    event = db.session.execute(select(Event.to_status, Event.at).where(Event.id == notice.event_id)).one()
    return {
        "id": str(notice.id),
        "number": notice.number,
        "action": notice.action,
        "status": event.to_status,
        "at": local(event.at).isoformat(),
    }


def _address(notice: Notice) -> Address | None:
    if notice.address_id is None:
        return None
    found = db.session.get(Address, notice.address_id)
    return found if found is not None and found.removed_at is None else None


def _post(
    url: str, secret: str, key: str, document: Mapping[str, Any], now: datetime, private: bool
) -> Outcome:  # fmt: skip
    body = json.dumps(document, ensure_ascii=False).encode()
    stamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        KEY: key,
        STAMP: stamp,
        SIGNATURE: signature(secret, stamp, body),
    }
    try:
        status = _delivered(urlsplit(url), body, headers, private)
    except Inside:
        return Outcome("failed", NOT_OUTSIDE, final=True)
    except OSError:
        return Outcome("failed", UNKNOWN_HOST)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        return Outcome("failed", type(error).__name__)
    return SENT if 200 <= status < 300 else Outcome("failed", f"HTTP {status}")


class Inside(Exception):
    """An address that lies in a network of our own."""


def _delivered(parts: SplitResult, body: bytes, headers: Mapping[str, str], private: bool) -> int:
    """Post to the very machine that was looked at: a name that answers otherwise the second time gains nothing."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    machine = resolved(host, port, private)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _pool(parts.scheme, machine, port, host) as pool:
        answer = pool.urlopen(
            "POST", path, body=body, headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
            redirect=False, retries=False, timeout=PATIENCE,
        )  # fmt: skip
        return answer.status


def _pool(scheme: str, machine: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(machine, port, server_hostname=host, assert_hostname=host)
    return urllib3.HTTPConnectionPool(machine, port)


def resolved(host: str, port: int, private: bool) -> str:
    """The number of a host.

    Raises:
        Inside: one of its numbers is not for everybody, and that is not allowed.
        OSError: it has none.
    """
    numbers = [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not private and not all(map(is_outside, numbers)):
        raise Inside
    return numbers[0]


def is_outside(number: str) -> bool:
    """Whether an IP address can be anybody's: no loopback, no private network, no link, no group."""
    found = ip_address(number.partition("%")[0])
    return found.is_global and not found.is_multicast


# --- mail and robots -------------------------------------------------------------------------------------------------


def _apprise(notice: Notice, _now: datetime) -> Outcome:
    address = _address(notice)
    if address is None or not address.url:
        return Outcome("failed", REMOVED, final=True)
    # Loading it takes as long as starting the service; only workers that send need it.
    import apprise

    asset = apprise.AppriseAsset(app_id="企声通", async_mode=False)
    way = apprise.Apprise(asset=asset)
    if not way.add(address.url):
        return Outcome("failed", "地址的写法不对", final=True)
    taken = way.notify(title=notice.subject or "", body=notice.body or "", body_format=apprise.NotifyFormat.TEXT)
    return SENT if taken else Outcome("failed", NOT_TAKEN)


def writable(channel: str, url: str) -> str | None:
    """The sentence why an address cannot be used for a channel; None if it can."""
    parts = _parts(url)
    if parts is None or not url.isprintable():
        return "地址的写法不对，请核对。"
    if channel == "webhook":
        return _webhook_fault(parts)
    if parts.scheme not in SCHEMES[channel]:
        return say("地址应当以 %(schemes)s 开头。", schemes=[f"{scheme}://" for scheme in SCHEMES[channel]])
    import apprise

    made = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    return None if made else "地址的写法不对，请对照 apprise 的说明核对。"


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        # Robots carry no port and mail addresses may hold what looks like a wrong one.
        return None


def _webhook_fault(parts: SplitResult) -> str | None:
    if parts.scheme not in WEB or not parts.hostname:
        return "地址应当以 https:// 开头。"
    if parts.username or parts.password:
        return "地址里不要写用户名和密码，收到的一方请核对签名。"
    private = bool(current_app.config.get("WEBHOOK_ALLOW_PRIVATE"))
    return REFUSED_INSIDE if not private and _names_inside(parts.hostname) else None


def _names_inside(host: str) -> bool:
    """Whether a host is plainly one of ours; what it resolves to is looked at when something is sent."""
    try:
        return not is_outside(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


SENDERS: Mapping[str, Callable[[Notice, datetime], Outcome]] = {
    "sms": _sms,
    "webhook": _webhook,
    "email": _apprise,
    "robot": _apprise,
}
