"""What a village covenant may not say: no fines, no statutory benefit withheld, nobody restricted, nothing private
posted, no points weighed against benefits. Pure.

A covenant is read sentence by sentence, without blanks and marks but "、". A sentence touches a line when it holds one
of its `words`, or one of `about` and one of `doing`. What is forbidden ("不得罚款") or left to the office the law
names ("由公安机关依法处罚") is no breach. Lines marked `doubtful` warn; a person may confirm them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from gridcase.core.words import N_, Text


@dataclass(frozen=True)
class Line:
    """One red line, why it is one and what to write instead. `unless`: phrases that are not meant; `offices`: what an
    office does by law may be told."""

    why: Text
    words: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    doing: tuple[str, ...] = ()
    unless: str = ""
    offices: bool = True
    doubtful: bool = False


@dataclass(frozen=True)
class Finding:
    """A sentence as it was written, and the line it touches."""

    sentence: str
    why: Text
    doubtful: bool


BENEFITS = (
    "低保", "五保", "特困", "医保", "医疗保险", "合作医疗", "社保", "社会保险", "养老金", "养老保险", "退休金", "抚恤",
    "救助", "救济", "补贴", "补助", "惠农", "公租房", "危房改造", "优抚", "高龄津贴", "残疾人两项",
)  # fmt: skip
WITHHELD = (
    "取消", "停发", "停止发放", "停止享受", "停办", "暂停", "扣发", "扣减", "扣除", "不予", "不得享受", "不享受",
    "不再享受", "不得申请", "不得领取", "不给办", "不批", "缓办", "剥夺", "冻结", "收回", "一票否决", "不发",
)  # fmt: skip
LAND = (
    "承包地", "承包权", "责任田", "自留地", "宅基地", "土地补偿", "征地补偿", "分红", "集体收益", "集体福利",
    "成员资格", "村民资格", "村民待遇", "股份", "户口迁",
)  # fmt: skip
WOMEN = ("出嫁女", "外嫁女", "嫁出", "离婚", "丧偶", "上门女婿", "入赘", "改嫁")
COMPLAINTS = ("信访", "上访", "投诉", "举报", "起诉", "打官司", "诉讼", "维权", "12345")

LINES = (
    Line(
        N_("村里没有罚款、没收的权力。可以写批评教育、劝阻、恢复原状，违法的写“由有关部门依法处理”。"),
        words=("罚款", "罚金", "罚钱", "罚没", "没收", "罚交", "罚缴", "违约金", "处以", "倍赔偿", "倍罚", "加倍赔",
               *(f"罚{much}" for much in "123456789一二两三四五六七八九十百")),
    ),
    Line(
        N_("低保、医保、养老、补贴、救助等由法律规定，村规民约不能停发、取消或不予办理。请删去。"),
        about=BENEFITS, doing=WITHHELD,
    ),
    Line(
        N_("土地承包、宅基地、集体收益和成员资格受法律保护，村规民约不能收回、扣减或取消。请删去。"),
        about=LAND, doing=(*WITHHELD, "不参与", "不得参与", "不得分", "不分", "强制", "迁出"),
    ),
    Line(
        N_("男女平等，不因婚姻状况少分、不分或要求迁出。请删去。"),
        about=WOMEN, doing=(*WITHHELD, "不参与", "不得参与", "不得分", "不分", "少分", "减半", "迁出", "不得"),
    ),
    Line(
        N_("人身自由和住宅不受侵犯，村里不能限制、关押、搜查、示众或赶人出村。请删去。"),
        words=("限制人身自由", "限制出行", "限制外出", "不得外出", "不准外出", "关押", "拘禁", "软禁", "禁闭",
               "搜身", "搜查", "捆绑", "游街", "示众", "罚跪", "罚站", "体罚", "逐出", "赶出村", "赶出本村", "驱逐",
               "开除村籍"),
    ),
    Line(
        N_("财物、证件受法律保护，村里不能扣押、查封或强拆。请改成劝导，并报有关部门。"),
        words=("扣押", "扣留", "查封", "强拆", "强行拆除", "抵扣财物", "拉走", "牵走"),
    ),
    Line(
        N_("停水停电影响基本生活，不能用来处罚。请删去。"),
        words=("断水断电", "断电断水"), about=("停水", "停电", "断水", "断电", "停止供水", "停止供电"),
        doing=("违反", "违约", "违者", "拒不", "屡教", "不改", "不交", "不缴", "不参加", "否则", "处罚", "直至"),
    ),
    Line(
        N_("开证明、盖章、代办是村里应当做的，不能用来处罚。请删去。"),
        about=("证明", "盖章", "办手续", "办理手续", "办证", "证件", "代办", "政审", "服务事项"),
        doing=("不予", "不给", "停办", "暂停", "拒绝", "缓办", "不办", "不得办理", "取消"),
        unless="虚假证明|假证明",
    ),
    Line(
        N_("选举权、表决权由法律规定，村规民约不能取消或限制。请删去。"),
        about=("选举权", "选举资格", "表决权", "参选", "候选人资格", "投票权"),
        doing=("取消", "剥夺", "暂停", "不得", "不享有", "不享受", "没有"),
        unless="不得(?:干扰|妨碍|破坏|侵犯|剥夺|限制|收买)|依法被剥夺政治权利",
    ),
    Line(
        N_("入学、参军、升学由法律规定，不能因家里的事受影响。请删去。"),
        about=("入学", "上学", "就学", "升学", "参军", "入伍", "当兵", "服兵役"),
        doing=("取消", "不予", "不准", "不得入", "不得参", "不得上", "限制", "影响", "不推荐", "一票否决", "扣"),
        unless="不得(?:干扰|妨碍|阻挠|影响)|影响(?:他人|学生)",
    ),
    Line(
        N_("积分、星级只作表彰和换物，不能与待遇、资格、办事挂钩。请删去，或写“不与待遇挂钩”。"),
        about=("积分", "扣分", "道德分", "信用分", "诚信分", "星级", "文明户", "黑榜", "红黑榜"),
        doing=(*BENEFITS, *LAND[:5], "入学", "参军", "入伍", "政审", "开证明", "盖章", "贷款"),
        unless=r"不(?:得|能|准|可)?(?:与|和|同|跟|以|作为|影响).{0,40}", offices=False,
    ),
    Line(
        N_("反映诉求、投诉举报、打官司是每个人的权利，不能因此扣分、取消或处罚。请删去。"),
        about=COMPLAINTS,
        doing=("扣分", "扣除", "扣发", "罚", "取消", "停发", "停办", "不予", "黑榜", "黑名单", "一票否决", "不评",
               "不得评"),
        unless="打击报复|诬告|鼓励|欢迎|保护|支持|不予公开|不予泄露",
    ),
    Line(
        N_("未成年人的姓名、照片和事情一律不公开。请删去。"),
        about=("未成年", "儿童", "孩子", "小孩", "少年"),
        doing=("公开", "公布", "公示", "曝光", "张贴", "上墙", "黑榜", "通报", "点名"),
        unless="公开课|公开场合|公开活动", offices=False,
    ),
    Line(
        N_("身份证号、病情、家庭收入等是个人私事，不能公开。请删去。"),
        about=("身份证", "病情", "病史", "病历", "患病", "疾病", "隐私", "家庭收入", "个人收入", "存款", "银行卡",
               "婚姻状况", "家庭住址", "手机号", "精神障碍", "私事"),
        doing=("公开", "公布", "公示", "曝光", "张贴", "上墙", "黑榜", "通报", "点名"), offices=False,
    ),
    Line(
        N_("生育由家庭依法决定，村规民约不能限制或处罚。请删去。"),
        words=("超生", "社会抚养费", "结扎", "引产", "上环", "人工流产"),
        about=("生育", "二孩", "三孩", "二胎", "三胎", "多胎"),
        doing=("不得", "不准", "禁止", "取消", "扣", "罚", "必须", "限制", "不予"),
        unless="优生优育|生育保险|生育登记|生育支持|生育服务|生育友好", offices=False,
    ),
    Line(
        N_("村里没有处罚的权力。请写清是批评教育、劝阻还是恢复原状；违法的写“由有关部门依法处理”。"),
        words=("处罚", "惩罚", "惩戒", "惩处", "严惩", "从重处理"), doubtful=True,
    ),
    Line(
        N_("点名批评、黑榜容易伤人名誉、泄露私事。建议只写哪类行为、有几起，不写人。"),
        words=("曝光", "黑榜", "黑名单", "点名批评", "点名道姓", "公开检讨", "当众检讨", "广播批评", "喇叭批评",
               "通报批评"),
        doubtful=True, offices=False,
    ),
    Line(
        N_("学生的名字、成绩公开前要本人和监护人同意。建议不写名单。"),
        about=("学生", "成绩"), doing=("公开", "公布", "公示", "张贴", "上墙", "通报"), doubtful=True, offices=False,
    ),
    Line(
        N_("要村民出钱出工，须经一事一议、自愿，并有减免。请核对有没有这样的决议，或改成“倡导”。"),
        about=("每户", "每人", "户均", "人均", "必须", "一律", "强制", "按户", "按人"),
        doing=("集资", "出资", "捐款", "捐资", "摊派", "筹资", "出工", "义务工", "投工", "缴纳", "交纳", "收取"),
        unless="(?:缴纳|交纳).{0,8}(?:水费|电费|保险|医保|社保|党费|税)|一事一议", doubtful=True,
    ),
    Line(
        N_("收保证金、押金要有法律依据。没有依据的请删去。"), words=("保证金", "押金"), doubtful=True,
    ),
    Line(
        N_("一人的事不连累家人。请核对，建议只写本人。"),
        words=("连坐", "株连"), about=("家属", "家庭成员", "父母", "子女", "亲属", "全家"),
        doing=("连带", "一并处理", "一并取消", "受影响", "影响", "牵连", "取消", "不得评"),
        unless="监护|未成年|赡养|抚养", doubtful=True,
    ),
    Line(
        N_("反映诉求是权利。建议写“鼓励有事先找联户代表、网格员，依法反映”，不写禁止。"),
        about=("信访", "上访", "闹访", "缠访", "非访", "越级"), doing=("不", "禁止", "严禁", "杜绝"), doubtful=True,
    ),
)  # fmt: skip

SENTENCE_ENDS = re.compile(r"[。；;！!？?\n\r]+")
NUMBERED = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十百0-9]+[）)]?[、.．:：]?|第[一二三四五六七八九十百0-9]+[条款项])\s*"
)
# What stands before a deed that is forbidden, not done: "不得以罚款", "禁止打骂、体罚".
NOT_DONE = re.compile(
    "(?:(?:不得|不准|不许|禁止|严禁)(?:[^、]{1,6}、)+|(?:不得|不准|不许|不能|不可|不应|禁止|严禁|杜绝|反对|防止|无权|不)"
    "(?:再|乱|随意|任意|擅自|私自|非法|变相|借故|因此|以任何(?:理由|形式|方式|名义)|因.{0,14}?|以|用|搞|对村民|对群众|"
    "向村民|采取|采用|使用|实施|进行|收取|设立|设)*)$"
)
OFFICE = re.compile(
    "(?:公安|派出所|司法|法院|检察|行政|执法|民政|人社|主管|有关|上级|政府|监察|市场监管|自然资源)[^村]{0,12}?"
    "(?:依法|依规|按规定|处理|处罚|查处|处置|追究|核定|审核)"
)
LONGEST, MOST = 120, 20  # signs of a sentence as it is shown; findings shown at once


def findings_in(text: str) -> list[Finding]:
    """Every sentence that touches a line, in the order of the text, with the first line it touches; those that refuse
    come before those that warn."""
    found = []
    for written in SENTENCE_ENDS.split(text):
        rest = _plain(NUMBERED.sub("", written))
        line = next((line for line in LINES if _touches(line, rest)), None)
        if line is not None:
            found.append(Finding(written.strip()[:LONGEST], line.why, line.doubtful))
    return sorted(found, key=lambda one: one.doubtful)[:MOST]


def mark_of(findings: Sequence[Finding]) -> str:
    """What a confirmation stands for: these sentences and no others."""
    said = [(one.sentence, one.why.msgid) for one in findings if one.doubtful]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16] if said else ""


def _plain(text: str) -> str:
    even = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in even if sign == "、" or unicodedata.category(sign)[0] in "LN")


def _touches(line: Line, rest: str) -> bool:
    if line.offices and OFFICE.search(rest):
        return False
    if line.unless:
        rest = re.sub(line.unless, "，", rest)
    if _done(line.words, rest):
        return True
    return any(word in rest for word in line.about) and _done(line.doing, rest)


def _done(deeds: Sequence[str], rest: str) -> bool:
    """Whether one of these deeds is done, not forbidden."""
    return any(not NOT_DONE.search(rest[: hit.start()]) for deed in deeds for hit in re.finditer(re.escape(deed), rest))
