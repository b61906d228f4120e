"""What a text says plainly enough to count beside the model: a bribe, revenge, an accident that is over."""

import re

# --- money or gifts for a person of an office ------------------------------------------------------------------------

OFFICE = "(?:局|委|厅|办|站|所|中心|大厅|窗口|政府|大队|支队|总队|法院|海关|镇|乡|苏木|街道|园区|科|股)"
SURNAME = (
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文乌包云格那]"
)
# The first are an office's alone; the others may be a firm's or a village's as well, so the office is named.
OFFICIAL = (
    "(?:质监员|监督员|执法人员|执法队员|审批员|审批人员|公务员|公职人员|民警|科员|科长|股长|局长|处长|镇长|乡长|旗长|县长"
    f"|{OFFICE}(?:的|里|里的|上的|那个|一个|有个|一位|那位)?(?:姓[一-龥]的|老{SURNAME}|小{SURNAME}|{SURNAME}某{{0,2}}"
    "|工作人员|办事员|经办人|领导|干部|主任|站长|所长|队长|负责人))"
)
SUM = "(?:[0-9０-９.一二两三四五六七八九十百千万几多]*(?:[百千万]|块|元))"
MONEY = (
    f"(?:{SUM}(?:块|元)?(?:多|来)?(?:现金|块?钱)?|现金|红包|信封|[0-9一两二三几]*[条箱瓶]?(?:好|名|硬|软)?(?:中华|烟(?![叶草花])|酒(?!店))"
    "|[0-9一两二三几]*张?(?:购物卡|加油卡|油卡|银行卡|会员卡))"
)
GIVER = "(?:我们|俺们|咱们|我|俺|咱|企业|公司|人家)?(?:家|公司|厂)?的?"
DONE = "[^。！？；\n]{0,8}?(?:办|批|签|验|盖章|过关|通过|发证|出证|合格)"
TAKEN = (
    f"(?:收了?|要了?|拿了?|拿走|索要|张口要|开口要|伸手要)(?:走|过)?{GIVER}{MONEY}",
    f"(?:收|要|拿)了?{GIVER}(?:钱|好处)[^。！？；\n]{{0,4}}(?:才|就){DONE}",
    f"给(?:他|她)?{MONEY}[^。！？；\n]{{0,4}}(?:才|就){DONE}",
    f"(?:塞给|送给|塞了|送了|给|给了)(?:他|她|这人|那人)(?:塞|送)?了?{MONEY}",
)
BRIBES = re.compile(
    rf"{OFFICIAL}[^。！？；，\n]{{0,12}}?(?:，[^。！？；，\n]{{0,4}}?)?(?:{'|'.join(TAKEN)})(?!的(?!好处|红包|现金))[^。！？；\n]{{0,12}}"
)
# What an office or a firm takes by itself, with or without right, and what it owes.
LAWFUL = re.compile(
    "保证金|押金|定金|订金|预付|货|工程款|工钱|工资|薪|费|税|罚|租|补贴|补助|补偿|赔|票|收据|结算|付款|付清|尾款|欠|本金|贷|合同|退"
    "|账(?![户号])|股(?!长)|滞纳|违约|基金|公积|出让|首付|垫|报销"
)


def bribed(text: str) -> bool:
    """Whether a text says that a person of an office took or asked for money or gifts."""
    return any(not LAWFUL.search(found[0]) for found in BRIBES.finditer(text))


# --- revenge for an earlier complaint --------------------------------------------------------------------------------

EARLIER = "(?:自从|自打|打从|上次|上回|上个?月|上一次|前一次|前阵子|前段时间|之前|此前|去年|前年|今年|因为|就因|由于)"
# Whom others reported has no revenge to fear for it.
COMPLAINED = (
    "(?<!被)(?<!被人)(?<!有人)(?<!他人)(?<!群众)(?<!居民)(?<!邻居)(?<!顾客)(?<!客户)(?:反映|投诉|举报|上访|告了|告过)"
)
# “还是天天来查” is what one complained of, not what came of it; “一直没查” and “一直不批” are no harm done.
THEN = "(?:(?!还|仍|依然|依旧|照样|没|不|未)[^。！？；\n])"
HARMS = (
    f"(?:(?:三天两头|隔三差五|天天|频繁|反复|轮番|专门|接连|变着法|回回|每周){THEN}{{0,8}}?"
    "(?:来查|查我|查咱|来检查|检查我|上门查|上门检查|突击检查|拦|罚我|找茬|找麻烦|刁难|为难)"
    "|穿小鞋|报复|秋后算账|刁难我|为难我|针对我)"
)
AGAIN = "(?:再告|再投诉|再举报|再反映|敢告|敢投诉|敢举报|敢反映)状?(?:的话)?[，,]?(?:我们?|他们?)?就"
THREAT = (
    "(?:别想|休想|收拾|没好果子|等着瞧|弄死|整死|抓人|抓我|抓你|查封|封[你我店厂门]|停[你我]|查[你我]"
    "|[让叫](?:你|你们|我|我们)[^。！？；，\n]{0,3}?(?:关门|关店|停产|干不|开不|待不|混不|好看|滚))"
)
# Who fears it, or asks that it be kept from happening, has not met it yet.
FEARED = re.compile("(?:怕|担心|害怕|恐|防止|避免|以免|免得|免遭|谨防|顾虑|不会|会不会|万一)[^。！？；\n]{0,10}$")
LONGEST_FEAR = 13  # characters of FEARED
REVENGE = re.compile(
    f"{EARLIER}[^。！？；\n]{{0,12}}?{COMPLAINED}[^。！？；，\n]{{0,20}}?(?:后|，|,){THEN}{{0,30}}?{HARMS}"
    f"|{COMPLAINED}[^。！？；，\n]{{0,12}}?(?:后|完){THEN}{{0,30}}?{HARMS}"
    f"|{AGAIN}[^。！？；\n]{{0,8}}?{THREAT}"
    "|(?:打击报复|报复)(?:了)?(?:我们|我公司|我厂|我司|我店|企业)"
)


def avenged(text: str) -> bool:
    """Whether a text says that somebody takes revenge, or threatens to, for an earlier complaint."""
    ends = (found.span() for found in REVENGE.finditer(text))
    return any(not any(FEARED.search(text[max(0, at - LONGEST_FEAR) : at]) for at in both) for both in ends)


# --- an accident that is over ----------------------------------------------------------------------------------------

DAY = "(?:昨天|昨晚|昨夜|昨日|前天|前晚|前几天|大前天|上周|上星期|上礼拜|上个?月|去年|前年|那天)"
ACCIDENT = (
    "(?:着火|着了火|起火|失火|火灾|爆炸|炸了|冒顶|塌|泄漏|漏氨|事故|车祸|撞|翻车|触电|摔|砸|打了|打伤|受伤|被打|被抢)"
)
PAST = re.compile(f"{DAY}[^。！？；\n]{{0,15}}?{ACCIDENT}|已经?扑灭|扑灭了|已经?出院")
CLAIM = re.compile("投诉|赔偿|理赔|索赔|追责|问责|追究|说法|处罚不|责任认定|认定书|罚款|整改|停产|复工|保险")
NOW = re.compile(
    "今天|今儿|今早|正在|现在|眼下|还在|还有|还没|这会儿|刚刚|刚才|快来|快派|快点|救命|救人|救救|被困|困在|困着|埋|昏迷"
    "|喘不上|流血|没下来|没救出来|又着|又烧|复燃|火势|越来越|怎么办"
)


def over(text: str) -> bool:
    """Whether an accident is told as past and something is claimed for it, with no word of what goes on now."""
    return bool(PAST.search(text) and CLAIM.search(text)) and not NOW.search(text)
