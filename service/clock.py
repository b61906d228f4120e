"""The present moment and the zone that people here live in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present as an aware datetime in UTC; nothing else in the service asks the machine for the time."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Asia/Shanghai, whatever the server's zone."""
    return moment.astimezone(ZONE)


def spoken(moment: datetime) -> str:
    """A moment as people here write it: 2026年12月3日 17:30."""
    here = local(moment)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
