"""What a sum of money is: owed, paid, a total, claimed, or none of the matter's."""

import re
from itertools import product

from service.classifier.facts.letters import words
from service.classifier.wordtree import pattern_of

OWED, CLAIM, PLAIN, TOTAL, PAID, OTHER = "owed", "claim", "plain", "total", "paid", "other"
_EACH = words("年 月 个月 天 日 吨 亩 平 平方 平方米 眼 台 辆 家 户 张 盒 只 头 度 株 人 场 项 车 斤 蒸吨")
# The last of these in front of a sum, in its clause, says what the sum is.
WORDS: dict[str, str] = {
    OWED: """尚欠 还欠 仍欠 下欠 结欠 总共欠 拖欠 欠付 欠款 欠薪 欠 余额 余款 尾款 剩余 剩下 余下 其余 还剩 还有
        还差 剩 尚有 未付 未支付 未结 未退 没付 没给 没结 差我 差咱 差他 压着 压了 挂账 扣着 卡着 逾期 拖着
        短我 具体是 也就是""",
    PAID: """已付 已支付 已经付 已经支付 已拨 已收 已收到 已给 已退 已到账 已还 陆续支付 累计支付 只支付 仅支付
        实付 付了 付过 给了 给过 只付 仅付 才付 先付 首付 只给 仅给 才给 先给 只拨 只返 只返还 仅返还 首款
        首期 预付 定金 已到 收回 才收回 拨了 拨付了 到账 实收 返还了 还了 结了 回款 收款 收到 支付了""",
    TOTAL: """合同 总价 总造价 总货款 总工程款 总额 总款 总费 总数 总补偿 总投资 总服务费 造价 结算 定案 审定 评估价
        中标价 货值 协议金额 协议补偿 作价 应付 应结 价款 总货值""",
    OTHER: """投资 投入 投进 投了 投 花了 损失 贷款 借了 借款 利息 滞纳金 垫 注册资本 注册资金 产值 营业额 原价 估价
        授信 成本 涨到 抵押 限额 额度 总额度 授信 单价 每"""
    + " "
    + " ".join(map("".join, product("每一", _EACH))),
    CLAIM: """罚 处罚 补贴 奖 奖励 奖补 补偿 补助 补税 补缴 补交 要补 退税 退还 退 返还 押金 保证金 质保金 多收 多交
        收费 收了 交了 扣了 交 收 扣 缴纳 赔 应赔 赔偿 兑付 兑现 拨付 支付 给予 判""",
}
_ROLE = {word: role for role, table in WORDS.items() for word in words(table)}
_LEFT = re.compile(pattern_of(_ROLE))
_EACH_TIME = re.compile(rf"(?:每|一)(?:{'|'.join(_EACH)})(?!多)[^,;]{{0,3}}$")
_SUM = re.compile(r"(?:总共|共计|合计|总计|一共|累计|共)(?:约|近|是|为|有|:)?$")
_REFUSED = (
    r"(?:没有?(?:给|付|结|拨|还|兑|退|到账|支付|收到|着落|拿到|说法|动静)|未(?:付|给|结|拨|还|退|支付|兑|到账|返还|归还)"
    r"|不(?:给|付|退|还|认|结|兑)|分文|一分|挂[着账]|卡着|压着|逾期|执行|要不)"
)
_RIGHT = re.compile(rf"[^,;。!?\d]{{0,12}}?{_REFUSED}|[^,;。!?\d]{{0,6}},[^,;。!?\d]{{0,8}}?{_REFUSED}")
_REST = re.compile(r"(?:[尚还仍下现]欠|还[剩差]|余额)[^\d]{0,16}$")
_RATE = re.compile(r"(?:钱|元)?(?:/|一(?:吨|亩|天|个?月|年|台|平|只|户|家|次|度)(?![多了没不还半零]))")
_OF_WHAT = re.compile(r"的?(?:(?:项目|投资|订单|生意|授信|贷款|额度)(?!款)|工程,)")


def role_of(left: str, right: str) -> tuple[str, bool]:
    """The role of a sum between these words, and whether they call it a total of parts.

    Args:
        left: its clause in front of it.
        right: what follows, beyond the clause too.
    """
    said = _LEFT.findall(left)
    role, total = _ROLE[said[-1]] if said else PLAIN, bool(_SUM.search(left))
    if _EACH_TIME.search(left) and not total:
        return OTHER, total
    if role == OTHER and not _counts(said[-1], left):
        return role, total
    if role == PAID or _OF_WHAT.match(right) or (role != OWED and _RATE.match(right)):
        return PAID if role == PAID else OTHER, total
    if _RIGHT.match(right):
        return OWED, total
    return (CLAIM if said[-1] == "损失" else OTHER) if role == OTHER else role, total


def _counts(word: str, left: str) -> bool:
    """Whether interest, or a loss to be made good, is what one wants."""
    return word == "利息" or (word == "损失" and "赔" in left)


def owed_among(roles: list[str]) -> str | None:
    """Which role's sums may be what is owed: no total less what was paid is worked out."""
    present = set(roles)
    if OWED in present:
        return OWED
    if PAID in present:
        return None
    return next((role for role in (CLAIM, PLAIN, TOTAL) if role in present), None)


def is_rest(left: str) -> bool:
    """Whether the words in front of a sum say that it is what is still left to pay."""
    return bool(_REST.search(left))
