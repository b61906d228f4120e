"""Complaints made of parts that the seed corpus does not have: many, all different, always in the same order."""

from itertools import product
from random import Random

WORKS = (
    "村口那座漫水桥", "敬老院的锅炉房", "苏木文化站的外墙", "牧区四十眼机井", "幼儿园的塑胶操场", "公墓的步道",
    "养殖园区的大门", "粮库的晾晒场", "林场的防火道", "农贸市场的顶棚", "水厂的蓄水池", "殡仪馆的停车坪",
    "体校的看台", "客运站的雨棚",
)  # fmt: skip
BUILT = ("是我们队干的", "由本公司包工包料做完", "前年开春由我们承揽", "我带着三十个工人修好的", "是我司中标后施工的")
DONE = ("早就交付在用", "入冬前已经移交", "验收单上五方都盖了章", "剪彩都过去两年", "现在天天有人走")
OWED = (
    "工程款还差四十来万",
    "余下的工程尾款没有着落",
    "施工费只给了一半",
    "欠着工程进度款一百多万",
    "剩的工程款分文不见",
)
# What one waits for, and nobody says how long.
EXCUSES = (
    "对方说核量的人还没排上号", "说要等第三方核价盖章", "推说得上会过一遍才能批", "让我们等决算的批文",
    "说评审中介摇号没摇到", "说分管领导没圈阅", "说内控手册要求再走一轮会签", "说复核组换人要从头核",
)  # fmt: skip
# Nobody gives a reason.
PLACES = (
    "二号安置楼", "旗医院的住院部", "通村油路三标段", "河道护岸", "垃圾中转站", "光伏基地的围栏",
    "高标准农田的机耕路", "产业园厂房", "污水管网", "中学食堂", "集中供热换热站", "派出所的办公楼",
)  # fmt: skip
CONTRACTS = ("合同是和建设局签的", "甲方是城投公司", "发包的是镇政府", "总包是省里的国企", "业主是园区管委会")
LONG = ("竣工三年", "结算书早已双方签认", "质保期都满了", "审定价也出来了", "对账单上有公章")
UNPAID = (
    "拖欠工程款二百一十万元",
    "工程余款八十六万拖着不付",
    "农民工工资都是我垫的，工程款要不回来",
    "欠施工方工程款三百多万",
)
DEMANDS = ("一问就说没钱", "多次催要没有结果", "电话不接", "请求督促支付", "望协调尽快付清", "法人已经躲着不见")


def held_up(count: int) -> list[str]:
    """Paid only once somebody has checked: arrears.audit-delay, in words of arrears.construction."""
    return _made(count, WORKS, BUILT, DONE, OWED, EXCUSES)


def owed(count: int) -> list[str]:
    """Work that is simply not paid: arrears.construction, beyond any doubt."""
    return _made(count, PLACES, CONTRACTS, LONG, UNPAID, DEMANDS)


def _made(count: int, *parts: tuple[str, ...]) -> list[str]:
    every = [f"{a}{b}，{c}，{d}，{e}。" for a, b, c, d, e in product(*parts)]
    Random(0).shuffle(every)  # noqa: S311 - not a secret
    return every[:count]
