"""What no scheme may touch: land, military service, births, petitioning, debt, statutory benefits, schooling, marriage,
cash. Pure.

An item touches a theme when its name or its criteria speak of it. For a plus there is one way out: helping others who
happen to belong to it (a soldier's family, a pupil, a home on benefits) is help, whatever the home helped is called.
A minus has none: nobody loses points in a sentence that speaks of these things, nor for complaining or going to court.
A text is read without its blanks and marks and in one width, so that "低 保" is read as "低保".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from gridcase.core.words import N_, Text


@dataclass(frozen=True)
class Theme:
    """A red line: the words that touch it, those that touch it in a minus only, and the help that does not.

    `pattern`: what no list of words holds, as a regular expression.
    """

    label: Text
    words: tuple[str, ...]
    in_a_minus: tuple[str, ...] = ()
    help_to_others: tuple[str, ...] = ()
    pattern: str = ""


THEMES = (
    Theme(
        N_("土地权益"),
        ("土地", "耕地", "流转", "宅基地", "承包地", "承包田", "责任田", "自留地", "征地", "征收", "征用", "征拆",
         "占地", "占用农田", "拆迁", "拆房", "拆屋", "腾退", "搬迁", "退耕", "撂荒", "抛荒", "确权", "违建"),
        in_a_minus=("建房", "盖房", "让地", "让田", "调田", "调地"),
    ),
    Theme(
        N_("服兵役"),
        ("入伍", "参军", "征兵", "兵役", "应征", "当兵", "从军", "服役", "义务兵", "预备役", "兵检"),
        in_a_minus=("军属", "军人"),
        help_to_others=("现役军人家属", "服役人员家属", "义务兵家属", "参军家庭"),
    ),
    Theme(
        N_("生育"),
        ("生育", "计生", "超生", "二胎", "三胎", "二孩", "三孩", "头胎", "多胎", "多孩", "节育", "绝育", "避孕", "结扎",
         "上环", "引产", "堕胎", "打胎", "流产", "优生", "早育", "怀孕", "备孕", "生男", "生女", "生娃", "生小孩",
         "生孩子", "添丁"),
        in_a_minus=("孕", "产妇"),
        pattern=r"(?<![学医卫民野])生[了下]?(?:[一二三四五两几多0-9]+个?[胎孩娃]|第[一二三四五0-9])",
    ),
    Theme(
        N_("信访"),
        ("信访", "上访", "闹访", "缠访", "非访", "越级", "进京访", "赴京", "赴省", "告状", "访民"),
        in_a_minus=("投诉", "举报", "控告", "申诉", "起诉", "上诉", "打官司", "诉讼", "反映", "检举", "告发", "维权",
                    "热线", "12345", "12388", "12337", "领导信箱", "书记信箱", "网上留言", "找记者", "找媒体", "找政府",
                    "到镇里告", "提意见"),
    ),
    Theme(
        N_("债务"),
        ("债", "欠款", "欠费", "欠缴", "欠账", "欠钱", "欠条", "拖欠", "赊账", "赖账", "老赖", "借钱", "借款", "还钱",
         "还款", "还贷", "贷款", "放贷", "催收", "失信被执行", "失信人"),
        in_a_minus=("缴费", "交费", "缴钱", "交钱", "不交", "不缴", "未缴", "未交"),
        pattern=r"欠(?!缺).{0,4}[钱款费账]|(?<!凭)借.{0,3}[钱款]",
    ),
    Theme(
        N_("法定待遇和保障"),
        ("低保", "五保", "特困", "医保", "医疗保险", "新农合", "合作医疗", "社保", "社会保险", "参保", "养老保险",
         "养老金", "退休金", "抚恤", "救助金", "救济", "补贴", "补助", "惠农", "公租房", "廉租房", "危房改造", "脱贫户",
         "监测户"),
        in_a_minus=("残疾", "救助"),
        help_to_others=("低保户", "低保家庭", "低保对象", "五保户", "五保老人", "特困户", "特困老人", "特困人员",
                        "特困家庭", "特困供养", "脱贫户", "监测户"),
    ),
    Theme(
        N_("入学"),
        ("入学", "升学", "上学", "辍学", "退学", "失学", "择校", "学籍", "控辍", "义务教育", "高考", "中考", "考上",
         "考取", "考入", "录取", "上大学", "读大学", "上高中", "读高中", "上重点", "学习成绩", "考试成绩"),
        in_a_minus=("学生", "成绩", "读书", "念书", "上课", "逃课", "旷课"),
        help_to_others=("资助上学", "帮助上学", "资助升学", "接送上学", "护送上学"),
    ),
    Theme(
        N_("婚姻自由"),
        ("离婚", "结婚登记", "婚姻登记", "登记结婚", "领结婚证", "复婚", "改嫁", "再婚", "闪婚"),
        in_a_minus=("不结婚", "未婚", "单身", "不嫁", "不娶", "嫁出"),
        help_to_others=("婚姻登记处志愿服务",),
    ),
    Theme(
        N_("兑换现金"),
        ("现金", "换钱", "兑钱", "提现", "折现", "变现", "返现", "套现", "抵钱"),
        help_to_others=("捐现金", "捐献现金", "捐赠现金", "拾到现金", "捡到现金", "归还现金"),
    ),
)  # fmt: skip

# Where two other words meet: "加入学习小组" is not about going to school.
NOT_MEANT = (
    "入学习", "入学法", "入学堂", "上学习", "上学法", "上学技", "升学习", "中考核", "中考察", "中考评", "高考核",
    "应征求", "应征集", "应征收集", "征收集", "物流转", "卫生育", "土地庙", "民生女", "学生女",
)  # fmt: skip

# Not "environment": a home may be told off for rubbish; what the law punishes needs the paper that says so.
OFFENCES = (
    "打架", "斗殴", "殴打", "打人", "伤人", "赌", "吸毒", "涉毒", "涉枪", "贩毒", "毒品", "偷", "盗", "抢夺", "抢劫",
    "诈骗", "骗取", "传销", "虐待", "遗弃", "不赡养", "家暴", "家庭暴力", "黑恶", "邪教", "违法", "犯罪", "非法",
    "寻衅", "酒驾", "醉驾", "卖淫", "嫖娼", "破坏公物", "毁坏公物", "损坏公物", "污染环境", "焚烧秸秆", "滥伐", "电鱼",
    "毒鱼", "炸鱼", "处罚", "罚款", "罚金", "拘留", "判刑", "坐牢", "吊销", "纵火",
)  # fmt: skip
NO_OFFENCE = ("偷倒", "偷懒", "偷偷", "防盗", "反盗")

# What a village rules itself and every list of items holds; any other deduction says in a sentence what it is for.
KNOWN = (
    "垃圾", "污水", "粪", "卫生", "乱倒", "乱堆", "乱扔", "乱丢", "乱放", "乱停", "乱搭", "乱贴", "乱画", "杂物",
    "占道", "秸秆", "焚烧", "禽畜", "家禽", "牲畜", "散养", "放养", "犬", "养狗", "噪音", "扰民", "红白喜事",
    "大操大办", "彩礼", "滥办酒席", "铺张", "封建迷信", "公物", "公共设施", "门前三包", "庭院", "虚报", "虚假",
    "弄虚作假", "冒领", "冒名", "用火", "烟花", "爆竹", "河道", "水源",
)  # fmt: skip
SENTENCE = 8  # characters of the sentence that any other deduction needs


def plain(text: str) -> str:
    """A text without blanks and marks, in one width and one case: as it is matched, never as it is shown."""
    even = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in even if unicodedata.category(sign)[0] in "LN")


def touched(text: str, *, minus: bool) -> Theme | None:
    """The first red line that a text touches; None where it touches none."""
    for theme in THEMES:
        words = theme.words + theme.in_a_minus if minus else theme.words
        rest = _without(plain(text), NOT_MEANT if minus else NOT_MEANT + theme.help_to_others)
        if any(word in rest for word in words) or (theme.pattern and re.search(theme.pattern, rest)):
            return theme
    return None


def _without(text: str, phrases: tuple[str, ...]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, "，")
    return text


def is_offence(text: str) -> bool:
    """Whether a text speaks of what the law punishes."""
    rest = _without(plain(text), NO_OFFENCE)
    return any(word in rest for word in OFFENCES)


def is_known(text: str) -> bool:
    """Whether a deduction is of a kind that villages usually rule; any other is asked what it is for."""
    rest = plain(text)
    return is_offence(rest) or any(word in rest for word in KNOWN)
