"""What no scheme may touch: land, military service, births, petitioning, debt, statutory benefits, schooling. Pure.

An item touches a theme when its name or its criteria speak of it. For a plus there is one way out: helping others who
happen to belong to it (a soldier's family, a pupil, a home on benefits) is help, whatever the home helped is called.
A minus has none: nobody loses points in a sentence that speaks of these things, nor for complaining or going to court.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.core.words import N_, Text


@dataclass(frozen=True)
class Theme:
    """A red line: the words that touch it, those that touch it in a minus only, and the help that does not."""

    label: Text
    words: tuple[str, ...]
    in_a_minus: tuple[str, ...] = ()
    help_to_others: tuple[str, ...] = ()


THEMES = (
    Theme(
        N_("土地权益"),
        ("土地", "耕地", "流转", "宅基地", "承包地", "责任田", "自留地", "征地", "占地", "拆迁", "退耕", "撂荒",
         "确权", "违建"),
        in_a_minus=("建房",),
    ),
    Theme(
        N_("服兵役"),
        ("入伍", "参军", "征兵", "兵役", "应征", "当兵", "从军", "服役", "义务兵", "预备役"),
        in_a_minus=("军属", "军人"),
        help_to_others=("现役军人家属", "服役人员家属", "义务兵家属", "参军家庭"),
    ),
    Theme(
        N_("生育"),
        ("生育", "计生", "超生", "二胎", "三胎", "二孩", "三孩", "多孩", "节育", "结扎", "引产", "堕胎", "优生", "早育",
         "怀孕", "生男", "生女"),
        in_a_minus=("孕", "产妇"),
    ),
    Theme(
        N_("信访"),
        ("信访", "上访", "闹访", "缠访", "非访", "越级访", "进京访", "告状"),
        in_a_minus=("投诉", "举报", "控告", "申诉", "起诉", "打官司", "诉讼"),
    ),
    Theme(
        N_("债务"),
        ("债", "欠款", "欠费", "欠缴", "拖欠", "欠账", "还贷", "贷款", "催收", "失信被执行"),
        in_a_minus=("缴费", "交费", "不交", "未缴"),
    ),
    Theme(
        N_("法定待遇和保障"),
        ("低保", "五保", "特困", "医保", "医疗保险", "新农合", "合作医疗", "社保", "养老保险", "养老金", "抚恤",
         "救助金", "补贴", "补助", "惠农", "公租房", "危房改造", "脱贫户", "监测户"),
        in_a_minus=("残疾", "救助"),
        help_to_others=("低保户", "低保家庭", "五保户", "五保老人", "特困户", "特困老人", "特困人员", "特困家庭",
                        "脱贫户", "监测户"),
    ),
    Theme(
        N_("入学"),
        ("入学", "升学", "上学", "辍学", "择校", "学籍", "控辍", "义务教育", "高考", "中考"),
        in_a_minus=("学生", "成绩"),
        help_to_others=("资助上学", "帮助上学", "资助升学", "接送上学", "护送上学"),
    ),
)  # fmt: skip

# Where two other words meet: "加入学习小组" is not about going to school.
NOT_MEANT = (
    "入学习", "入学法", "入学堂", "上学习", "上学法", "上学技", "升学习", "中考核", "中考察", "中考评", "高考核",
    "应征求", "物流转", "卫生育", "土地庙",
)  # fmt: skip

# Not "environment": a home may be told off for rubbish; what the law punishes needs the paper that says so.
OFFENCES = (
    "打架", "斗殴", "殴打", "赌博", "聚赌", "吸毒", "涉毒", "涉枪", "贩毒", "盗窃", "偷盗", "偷窃", "诈骗", "传销",
    "虐待", "遗弃", "不赡养", "家暴", "家庭暴力", "黑恶", "邪教", "违法", "犯罪", "非法", "寻衅", "酒驾", "醉驾",
    "卖淫", "嫖娼", "破坏公物", "毁坏公物", "污染环境", "焚烧秸秆", "盗伐", "滥伐", "电鱼", "处罚",
)  # fmt: skip


def touched(text: str, *, minus: bool) -> Theme | None:
    """The first red line that a text touches; None where it touches none."""
    for theme in THEMES:
        words = theme.words + theme.in_a_minus if minus else theme.words
        rest = text
        for phrase in NOT_MEANT if minus else NOT_MEANT + theme.help_to_others:
            rest = rest.replace(phrase, "，")
        if any(word in rest for word in words):
            return theme
    return None


def is_offence(text: str) -> bool:
    """Whether a text speaks of what the law punishes."""
    return any(word in text for word in OFFENCES)
