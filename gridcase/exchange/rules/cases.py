"""Which columns of other systems' lists hold what, as mailboxes, hotlines and centres name them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.core.words import N_, Text

CASE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "留言编号",
        "编号",
        "工单编号",
        "工单号",
        "事件编号",
        "案件编号",
        "诉求编号",
        "受理编号",
        "件号",
        "流水号",
    ),
    "title": ("留言主题", "标题", "主题", "工单标题", "事件标题", "诉求标题", "事项", "事由"),
    "when": (
        "留言时间",
        "登记时间",
        "受理时间",
        "来电时间",
        "诉求时间",
        "上报时间",
        "创建时间",
        "发生时间",
        "时间",
        "日期",
    ),
    "text": ("留言详情", "内容", "诉求内容", "工单内容", "事件描述", "问题描述", "反映内容", "详情", "描述"),
    "reporter": ("留言用户", "姓名", "反映人", "诉求人", "来电人", "联系人", "上报人", "用户"),
    "phone": ("电话", "联系电话", "手机", "手机号", "来电号码", "联系方式"),
    "address": ("地址", "事发地址", "地点", "位置", "事发地点"),
    "category": ("一级分类", "类别", "分类", "事件类别", "诉求类别", "问题分类"),
    "answer": ("答复意见", "答复内容", "办理结果", "处理结果", "回复内容", "办结意见"),
    "answered": ("答复时间", "办结时间", "回复时间", "完成时间"),
}
REQUIRED = ("number", "title", "when", "text")
# What the register holds in one line; longer texts have no limit but Excel's own.
LONGEST: Mapping[str, int] = {"number": 60, "reporter": 60, "phone": 20, "address": 120, "category": 60}
TITLE_LENGTH = 120
SHOWN_PROBLEMS = 200

EMPTY = N_("是空的，请补上。")
TWO_EMPTY = N_("标题和内容都是空的，请至少写一样。")
FUTURE = N_("时间晚于现在，请核对。")
ANSWERED_EARLIER = N_("早于登记时间，请核对。")
ANSWER_WITHOUT_TIME = N_("有答复但没有答复时间，请补上。")


def too_long(limit: int) -> Text:
    """A cell that the register cannot hold."""
    return N_("超过 %(limit)s 个字，请缩短。", limit=limit)


def twice(row: int) -> Text:
    """A number that stands in an earlier row too."""
    return N_("和第 %(row)s 行的编号重复，请删去一行。", row=row)


def other_time(number: str) -> Text:
    """A number that another case of the town bears."""
    return N_("编号 %(number)s 已经登记过，但时间不同，请核对编号。", number=number)


def with_category(text: str, category: str) -> str:
    """The text with the other system's class below it, where the catalogue has no such class."""
    return f"{text}\n（原类别：{category}）"


def column_missing(field: str) -> Text:
    """A required column that no header fits."""
    names = CASE_COLUMNS[field]
    return N_("表里缺少「%(name)s」列，请补上（也可以叫%(others)s）。", name=names[0], others="、".join(names[1:4]))


EXPORT_HEADERS = (
    "编号", "类别编码", "类别", "标题", "内容", "状态", "紧急程度", "来源", "村", "网格", "登记时间", "到期时间",
    "办结时间", "办理结果", "群众答复", "原系统", "原系统编号",
)  # fmt: skip
