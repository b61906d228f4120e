"""Which of the bodies that a text names it complains of: who owes or refuses, not who writes or is asked for help."""

import re
from collections.abc import Sequence

from service.classifier.facts.letters import clause_start, words
from service.classifier.facts.names import Name

BEFORE, BEHIND = 22, 30
# What stands right in front of a name, and how much it speaks for (or against) its being complained of.
_BEFORE = (
    (words("欠款单位 欠款人 欠款方 债务人 被反映单位 被投诉单位 被投诉人 责任单位 被执行人"), 8.0),
    (words("叫 叫做 名叫 名字叫 全称"), 7.0),
    (words("业主 甲方 建设单位 发包方 发包人 总包 对方 买方 采购方 代理机构 开发商 公司名 供货商"), 4.0),
    (words("投诉 举报 反映 督促 责令 要求 希望 请求"), 3.0),
    (words("一家 一个 一所 一户 两家 几家 有家 有个 隔壁 附近 旁边 门口 那家 同园区 另一家 某个"), -5.0),
    (
        words("给 为 被 由 替 受 发到 送到 发到了 送到了 到了 在 承接 承建 供应 签的 与 跟 和 同 找 让 问 赊给"),
        2.0,
    ),
)
_OWES_THE = re.compile(r"(?:欠|扣).{0,10}的是$")
_LINKS = "是为:,叫 "
_OWES = r"(?:拖欠|欠|差(?!价)|扣着|压着|短我|拿了我|收了我|借了我|买了我)"
# What follows a name.
_BEHIND = tuple(
    (re.compile(pattern), weight)
    for pattern, weight in (
        (rf"[^,;。!?]{{0,14}}?{_OWES}", 6.0),
        (r"[^。;!?]{0,24}?(?:帮忙|帮我|协调|督促|出面|介入|查处|核实|主持|督办)|把我们的?材料转", -6.0),
        (r"(?:印发|文件|出台|发布|《|〔|的规定|通知里)", -6.0),
        (r"[^,;。!?]{0,4}?(?:反映|来电|来函|负责人|项目经理|法人|法定代表人|投诉|申请|诉称|的?员工|的?会计)", -6.0),
        (r"(?:判了?|判决|拍卖|执行|立案|起诉|开庭)", -3.0),
        (
            r"[^,;。!?]{0,12}?(?:不给|没给|不付|未付|没付|不退|没退|不认|没有?(?:兑|拨|执行|落实|回复|答复)|未履行|不履行|不理|不办|不批|不让"
            r"|拒|迟迟|就是)",
            4.0,
        ),
        (
            r"[^,;。!?]{0,6}?(?:让我们|要求我们|让等|要我们|以.{1,14}为由|把我们|把应付|罚|收我|多收|卡|拖|推|答应|承诺|只付|仅返还|返还|扣了"
            r"|占|来查|征|说|称|答复|回话|发包|定的|收了)",
            3.0,
        ),
        (r"(?:的项目|旁边|门口|附近|收费站|那边)", -2.0),
    )
)
_ASKING = re.compile(r"(?:请|请求|希望|恳请|盼望?|望|建议|求)(?:贵?平台|有关部门)?(?:[^,;。!?]{0,14}、)?$")
_TOLD = re.compile(r"(?:向|到|给|打给|转给了?|找)$")
_TELLS = re.compile(r"[^,;。!?]{0,6}?(?:反映|投诉|举报|申诉|求助|咨询|汇报|写信|提出|起诉|申请)")
_PAYS = re.compile(r"[^,;。!?]{0,6}?(?:支付|付清|付|退还|兑现|落实|返还|给付|履行|解决|尽快给)")
_HELPS = re.compile(r"[^;。!?]{0,24}?(?:协调|督促|帮|出面|介入|主持|查处|核实|监督|过问|管)")
_WRITER = re.compile(
    r"(?:(?:我们?|本人|我们?公司|我司|我厂|我社|我单位|本公司|来[电访]人|诉求人|来电企业|企业名称|(?<!被)反映人|申请人|投诉人"
    r"|(?<!被)反映单位|企业)(?:名称)?(?:是|系|为|:|,|\(|叫)|作为|系|我们?|本|咱们?|我方)$"
)
_DIRECT = ("我", "我们", "本", "咱", "咱们", "我方", "系")
_OURS_TOO = ("县", "市", "旗", "区", "镇", "乡", "村", "盟", "苏", "嘎")
_FIRM = re.compile(r"公司|厂|社|店|集团|超市|中心|酒店|银行")
_PUBLIC = re.compile(
    r"(?:局|厅|政府|委|办|会|院|中心|海关|[支大中]队|站|所|学校|[中小]学|幼儿园|法院|公司|集团|电投|城投)$"
)
# They are told of a matter far more often than complained of.
_HELPERS = ("纪委", "监委", "纪委监委", "信访局", "热线", "仲裁委", "派单中心", "依法治区办")
LEAST = 0.5


def respondent(letters: str, names: Sequence[Name]) -> Name | None:
    """The name that most speaks for, the first of equals; None where none does."""
    weighed = [(standing(letters, name), -name.start, name) for name in names]
    best = max(weighed, key=lambda one: one[:2], default=None)
    return best[2] if best and best[0] >= LEAST else None


def standing(letters: str, name: Name) -> float:
    """How much the words around a name speak for its being complained of."""
    left = letters[clause_start(letters, name.start, BEFORE) : name.start]
    right = letters[name.end : name.end + BEHIND]
    if _is_writer(left, name) or _is_helper(left, right):
        return -9.0
    behind = next((weight for pattern, weight in _BEHIND if pattern.match(right)), 0.0)
    helper = -2.0 * name.text.endswith(_HELPERS)
    return (
        helper
        + _in_front(left)
        + behind
        + 1.5 * name.anchored
        + 0.5 * bool(_PUBLIC.search(name.text))
        + 0.5 * (not left and not name.text.endswith(("厂", "矿")))
    )


def _in_front(left: str) -> float:
    if _OWES_THE.search(left):
        return 6.0
    said = (left.rstrip(_LINKS), left)
    return next((weight for endings, weight in _BEFORE if said[0].endswith(endings) or said[1].endswith(endings)), 0.0)


def _is_writer(left: str, name: Name) -> bool:
    """Whether a name is the writer's own: 我公司（…）, 我们合作社; not 我们县医院."""
    if not _WRITER.search(left):
        return False
    return not left.endswith(_DIRECT) or (bool(_FIRM.search(name.text)) and not name.text.startswith(_OURS_TOO))


def _is_helper(left: str, right: str) -> bool:
    """Whether a name is asked for help, or was told before."""
    if _TOLD.search(left) and _TELLS.match(right):
        return True
    return bool(_ASKING.search(left)) and not _PAYS.match(right) and bool(_HELPS.match(right))
