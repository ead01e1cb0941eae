"""The measures of cases: what came in, what waits, what was done, what the villagers said. Pure."""

from __future__ import annotations

from gridcase.core.words import N_
from gridcase.measures.rules.kinds import Measure, Shape, Source

_CASES, _PER_CENT, _HOURS = N_("件"), N_("%"), N_("工时")
_COUNT, _SHARE = Shape.COUNT, Shape.SHARE

CASES = (
    Measure(
        "cases.satisfied", N_("满意率"), _PER_CENT, Source.CASES, _SHARE,
        N_("本期办结、群众作了评价的事件中，满意和基本满意所占的比例。"), of="cases.rated", good=1,
    ),
    Measure(
        "cases.rated", N_("已评价"), _CASES, Source.CASES, _COUNT, N_("本期办结、群众作了评价的事件。"), good=1,
    ),
    Measure(
        "cases.collected", N_("收集"), _CASES, Source.CASES, _COUNT,
        N_("本期登记的事件；作废件和重复件不算。"),
    ),
    Measure(
        "cases.open", N_("未办结"), _CASES, Source.CASES, _COUNT, N_("现在还没有结束的事件。"), live=True, good=-1,
    ),
    Measure(
        "cases.late", N_("超期未办"), _CASES, Source.CASES, _COUNT, N_("未办结，已过办理期限。"), live=True, good=-1,
    ),
    Measure(
        "cases.soon", N_("将到期"), _CASES, Source.CASES, _COUNT, N_("未办结，快到办理期限。"), live=True, good=-1,
    ),
    Measure("cases.closed", N_("已办结"), _CASES, Source.CASES, _COUNT, N_("本期办结的事件。"), good=1),
    Measure(
        "cases.on_time", N_("按期办结率"), _PER_CENT, Source.CASES, _SHARE,
        N_("按期办结的，除以本期办结的与期末超期未办的之和；准予的延期算在期限内。"), of="cases.owed", good=1,
        across=True,
    ),
    Measure(
        "cases.owed", N_("办结或超期"), _CASES, Source.CASES, _COUNT, N_("本期办结的，加上期末超期还没有办结的。"),
        across=True,
    ),
    Measure(
        "cases.closed_late", N_("超期办结"), _CASES, Source.CASES, _COUNT, N_("本期办结时已经超期的事件。"), good=-1,
    ),
    Measure(
        "cases.in_grid", N_("网格内解决率"), _PER_CENT, Source.CASES, _SHARE,
        N_("本期办结的事件中，在网格内解决的所占的比例。"), of="cases.closed", good=1,
    ),
    Measure(
        "cases.contacted", N_("响应率"), _PER_CENT, Source.CASES, _SHARE,
        N_("本期登记、首次联系期限已到或已经联系的事件中，按时联系的所占的比例。"), of="cases.to_contact", good=1,
    ),
    Measure(
        "cases.to_contact", N_("应联系"), _CASES, Source.CASES, _COUNT,
        N_("本期登记、首次联系期限已到或已经联系的事件；匿名反映的不算。"),
    ),
    Measure(
        "cases.solved", N_("解决率"), _PER_CENT, Source.CASES, _SHARE,
        N_("本期办结、群众有答复的事件中，答复已解决或咨询已答复的所占的比例。"), of="cases.answered", good=1,
    ),
    Measure("cases.answered", N_("有答复"), _CASES, Source.CASES, _COUNT, N_("本期办结、群众亲口答复过的事件。")),
    Measure(
        "cases.questions", N_("答复咨询"), _CASES, Source.CASES, _COUNT, N_("本期答复并办结的咨询。"), good=1,
    ),
    Measure(
        "cases.hours", N_("办结工时中位数"), _HOURS, Source.CASES, Shape.MEDIAN,
        N_("从登记到办结的工作小时，一半的事件不超过它；期末未办结的按已过的工时一并计入。"), good=-1, across=True,
    ),
    Measure(
        "cases.brought", N_("上期结转"), _CASES, Source.CASES, _COUNT, N_("本期开始时还没有结束的事件。"), across=True,
    ),
    Measure(
        "cases.dropped", N_("已撤回"), _CASES, Source.CASES, _COUNT, N_("本期由群众撤回、没有办就结束的事件。"),
    ),
    Measure(
        "cases.left", N_("期末在办"), _CASES, Source.CASES, _COUNT, N_("本期结束时（或现在）还没有结束的事件。"),
        across=True,
    ),
    Measure(
        "cases.late_left", N_("期末超期"), _CASES, Source.CASES, _COUNT,
        N_("本期结束时（或现在）还没有结束、已过办理期限的事件；期限按现在定的算。"), across=True, good=-1,
    ),
    Measure(
        "cases.check_due", N_("待复核"), _CASES, Source.CASES, _COUNT, N_("抽中复核、还没有复核的自办件。"), live=True,
        good=-1,
    ),
)  # fmt: skip
