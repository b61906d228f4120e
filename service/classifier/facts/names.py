"""The bodies and persons that a text names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from service.classifier.facts.letters import words
from service.classifier.wordtree import pattern_of
from service.directory.rules import Directory

# Endings of names that the directory's words leave out.
ENDINGS = words(
    """街道办事处 粮食储备库 有限公司 有限责任公司 分公司 林场 农牧场 矿 粮库 储备库 供水站 供热站 林业站 草原站
    交警队 执法队 交管大队 搅拌站 加油站 火锅店 旅行社 银行 支行 农商行 信用社 嘎查 物业 指挥部 采购中心
    交易中心 医保局 信访局 法院 中院 景区 工业园 工业园区 招标办 棚改办 人防办 城管 园林处 管理处 中心 供暖公司
    供水公司 供热公司 供气公司 殡仪馆"""
)
# Words of the directory that begin a word or stand in one as often as they name a body.
NOT_ALONE = frozenset(words("""个人 个体 大型企业 国有 民办 私立 包工头 党委 团委 公共交通 市政公司"""))
# Nobody means one body by these alone.
GENERIC_ALONE = frozenset(
    words(
        """公司 工厂 厂 集团 局 厅 办公室 委员会 支队 大队 总队 园区 工业园 景区 有限公司 分公司 矿 银行 超市 商店
        门市 酒店 商场 医院 学校 大学 中学 小学 高中 学院 水库 物业 个体 合作社 事务所 研究所 工作站 服务站
        管理站 管理所 有限责任公司 服务中心 管理中心 嘎查 林场 旅行社 中心 市中心 镇中心 火锅店 饭店 城管 政府
        煤矿"""
    )
)
# Where a name cannot go on to the left, and where only one can that begins with a place: 内蒙古永和建材有限公司.
STRONG = words(
    """我 们 你 您 他 她 它 咱 的 了 是 欠 拖 叫 说 称 让 要 没 不 未 这 那 哪 些 还 又 只 那边 这边 把 被 问 请 求
    找 催 卖 帮 签 干 反映 投诉 举报 承建 承接 施工 中标 签订 督促 责令 协调 要求 希望 建议 咨询 来电 负责人
    业主 甲方 乙方 发包方 建设单位 单位 欠款方 债务人 总包 开发商 代理公司 一家 一个 一所 下属 下面 属于 有个
    有家 名叫 判决 判 收到 交了 扣 罚 给 由 将 跟 拿 租 借 赊 受 委托 写 依法 今年 去年 前年 以后 之后 以前 但是
    因为 所以 如果 检举 控告 审计 旁边 隔壁 其 该 征用 占用 小区 按 当时 配合 愿意 据 听 想 再 先 每 各 大型
    电子 个"""
)
WEAK = words(
    """和 与 及 对 为 以 或 往 而 也 从 做 该 修 装 年 月 日 来 去 向 于 到 等 后 过 送 在 买 可 元 万 块 差 上 里
    得 着 交 建了 共 都 供 开 才 应 经 就 通过"""
)
PREPOSITIONS = "为对在到来去向于往从与和及"
# Words that end like a name and are none: 结局, 建厂.
NO_NAME = re.compile(
    "[结布邮大格药当全僵残]局|[客餐大歌舞网展]厅|[建进出到办入开设全老新停投本该工总分各]厂|加工厂|中小学|大中小学"
)
NO_BODY = ("采购", "购买", "信息", "投资项目", "网站", "债", "性")
# What a name may begin with before the place of its branch: 中国铁塔呼伦贝尔分公司.
HEADS = ("中国", "国家", "国网", "国电", "中铁", "中建", "中交", "华能", "华电", "大唐", "农业银行")
FIRM = frozenset({"有限公司", "有限责任公司", "股份有限公司"})
LONGEST, GAP, APART = 32, 14, 10
MOST = 400  # endings that are looked at; nobody names more bodies than that
_NAMING = re.compile(r"[一-龥A-Za-z0-9]")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟包云"
)
_PERSON = re.compile(
    rf"(?:包工头|工头|老板|欠款人|债务人|养殖户|个体户|承包人|贩子|朋友|收购点|中间人|经纪人)(?:叫|是|:)?"
    rf"(?P<person>[{_SURNAMES}](?!某)[一-龥]{{1,2}}?)(?=[欠收拿借买雇赊,;。!?的说不让把给在和跟承跑到从就、:]|$)"
)


@dataclass(frozen=True)
class Name:
    """Where a text names a body or a person.

    Attributes:
        anchored: it begins with a place, or ends like a registered firm: nobody else has that name.
    """

    text: str
    start: int
    end: int
    anchored: bool
    person: bool = False


_known: tuple[object, re.Pattern[str]] = (None, re.compile(r"(?!)"))


def _endings(directory: Directory) -> re.Pattern[str]:
    """What names end in, made once for the directory at hand."""
    global _known
    made_for, pattern = _known
    if made_for is not directory:
        spoken = {word for kind in directory.kinds.values() for word in kind.spoken}
        told = {word for kind in directory.debtor_kinds for word in kind.words}
        pattern = re.compile(pattern_of(sorted((spoken | told | set(ENDINGS)) - NOT_ALONE)))
        _known = (directory, pattern)
    return pattern


def names(text: str, letters: str, places: Mapping[int, int], directory: Directory) -> list[Name]:
    """The bodies and persons of a text in order.

    Args:
        letters: the text in half width.
        places: where the names of places end, and where those begin.
    """
    return sorted((*_bodies(text, letters, places, directory), *_persons(text, letters)), key=lambda one: one.start)


def _persons(text: str, letters: str) -> Iterator[Name]:
    for match in islice(_PERSON.finditer(letters), MOST):
        yield Name(match["person"], *match.span("person"), anchored=True, person=True)


def _bodies(text: str, letters: str, places: Mapping[int, int], directory: Directory) -> list[Name]:
    found: list[Name] = []
    endings = _endings(directory)
    for match in islice(endings.finditer(letters), MOST):
        end = _end(letters, match, endings)
        if letters.startswith(NO_BODY, end):
            continue
        start, anchored = _start(letters, match.start(), places)
        if found and match.start() - found[-1].end <= APART and start <= found[-1].end:
            last = found.pop()
            if not (start == last.end and anchored and not last.anchored and not last.text.startswith(HEADS)):
                start, anchored = min(start, last.start), last.anchored or anchored
        if start < end - 1:
            known = anchored or match[0] in FIRM
            found.append(Name(text[start:end], start, end, known))
    return [one for one in found if one.text not in GENERIC_ALONE and not NO_NAME.fullmatch(one.text)]


def _end(letters: str, ending: re.Match[str], endings: re.Pattern[str]) -> int:
    """Where a name ends of whose ending the last letters begin a longer one: 一中 of 第一中学."""
    inside = (endings.match(letters, at) for at in range(ending.start() + 1, ending.end()))
    return max(ending.end(), *(one.end() for one in inside if one), 0)


def _start(letters: str, end: int, places: Mapping[int, int]) -> tuple[int, bool]:
    """Where a name begins that goes on at `end`, and whether it begins with a place."""
    at, least, anchored = end, max(0, end - LONGEST), False
    while at > least:
        if at in places:
            at, anchored = places[at], True
        elif anchored or letters.endswith(STRONG, 0, at):
            break
        elif letters.endswith(WEAK, 0, at):
            far = _place_before(letters, at, places)
            return (far, True) if far is not None else (at, False)
        elif letters[at - 1] == ")":
            opened = letters.rfind("(", max(least, at - 10), at)
            if opened < 0:
                break
            at = opened
        elif not _NAMING.match(letters[at - 1]):
            break
        else:
            at -= 1
    return at, anchored


def _place_before(letters: str, at: int, places: Mapping[int, int]) -> int | None:
    """Where the place begins with which a name does that has a doubtful word inside."""
    for here in range(at - 1, max(0, at - GAP), -1):
        if here in places:
            return None if here == at - 1 and letters[here] in PREPOSITIONS else places[here]
        if letters.endswith(STRONG, 0, here) or not _NAMING.match(letters[here - 1]):
            return None
    return None
