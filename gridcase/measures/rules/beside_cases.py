"""The measures of what happens to cases: sent back, taken up again, whistled for, mediated. Pure."""

from __future__ import annotations

from gridcase.core.words import N_
from gridcase.measures.rules.kinds import Band, Measure, Shape, Source

_TIMES, _CASES, _UNITS, _PER_CENT = N_("次"), N_("件"), N_("个单位"), N_("%")
_COUNT, _SHARE = Shape.COUNT, Shape.SHARE

STEPS = (
    Measure("steps.returns", N_("退单次数"), _TIMES, Source.STEPS, _COUNT, N_("本期退回派单台的次数。"), good=-1),
    Measure(
        "steps.reworks", N_("重办次数"), _TIMES, Source.STEPS, _COUNT, N_("本期核查不通过、退回重办的次数。"), good=-1
    ),
    Measure("steps.extensions", N_("延期次数"), _TIMES, Source.STEPS, _COUNT, N_("本期准予延期的次数。"), good=-1),
    Measure("steps.reopenings", N_("重启次数"), _TIMES, Source.STEPS, _COUNT, N_("本期办结后又重启的次数。"), good=-1),
    Measure("steps.checks", N_("已复核"), _TIMES, Source.STEPS, _COUNT, N_("本期复核自办件的次数。"), good=1),
    Measure(
        "steps.checks_passed",
        N_("复核通过率"),
        _PER_CENT,
        Source.STEPS,
        _SHARE,
        N_("本期复核中通过的所占的比例。"),
        of="steps.checks",
        good=1,
    ),
)

WHISTLES = (
    Measure("whistles.blown", N_("吹哨次数"), _TIMES, Source.WHISTLES, _COUNT, N_("本期吹哨的次数。")),
    Measure(
        "whistles.rate",
        N_("每百件吹哨"),
        _TIMES,
        Source.WHISTLES,
        Shape.RATE,
        N_("本期每登记一百件事件吹哨的次数：接近零是有难事没有上报，过高是小事不在网格内办。"),
        of="cases.collected",
        band=Band(1, 15),
    ),
    Measure(
        "calls.in_time",
        N_("按时报到率"),
        _PER_CENT,
        Source.CALLS,
        _SHARE,
        N_("本期应哨、报到期限已到或已经报到的单位中，按时报到的所占的比例。"),
        of="calls.due",
        good=1,
    ),
    Measure("calls.due", N_("应报到"), _UNITS, Source.CALLS, _COUNT, N_("本期应哨、报到期限已到或已经报到的单位。")),
    Measure(
        "calls.units_content",
        N_("对部门满意率"),
        _PER_CENT,
        Source.CALLS,
        _SHARE,
        N_("本期应哨的单位中，得到吹哨方满意或基本满意评价的，占已评价的比例。"),
        of="calls.units_rated",
        good=1,
    ),
    Measure("calls.units_rated", N_("部门已评价"), _UNITS, Source.CALLS, _COUNT, N_("本期应哨、吹哨方已评价的单位。")),
    Measure(
        "calls.whistles_content",
        N_("对哨件满意率"),
        _PER_CENT,
        Source.CALLS,
        _SHARE,
        N_("本期应哨的单位中，对哨件评价满意或基本满意的，占已评价的比例。"),
        of="calls.whistles_rated",
        good=1,
    ),
    Measure("calls.whistles_rated", N_("哨件已评价"), _UNITS, Source.CALLS, _COUNT, N_("本期应哨、已评价哨件的单位。")),
)

MEDIATIONS = (
    Measure("mediations.opened", N_("开始调解"), _CASES, Source.MEDIATIONS, _COUNT, N_("本期开始调解的纠纷。")),
    Measure(
        "mediations.running",
        N_("在调纠纷"),
        _CASES,
        Source.MEDIATIONS,
        _COUNT,
        N_("现在还在调解的纠纷。"),
        live=True,
    ),
    Measure("mediations.ended", N_("调解结束"), _CASES, Source.MEDIATIONS, _COUNT, N_("本期结束调解的纠纷。")),
    Measure(
        "mediations.agreed",
        N_("达成协议"),
        _CASES,
        Source.MEDIATIONS,
        _COUNT,
        N_("本期结束、达成协议的调解。"),
        good=1,
    ),
    Measure(
        "mediations.failed",
        N_("没有达成协议"),
        _CASES,
        Source.MEDIATIONS,
        _COUNT,
        N_("本期结束、没有达成协议的调解：未达成、撤回或转仲裁诉讼。"),
    ),
    Measure(
        "mediations.success",
        N_("调解成功率"),
        _PER_CENT,
        Source.MEDIATIONS,
        _SHARE,
        N_("本期结束的调解中，达成协议的所占的比例。"),
        of="mediations.ended",
        good=1,
    ),
    Measure(
        "mediations.confirmed",
        N_("司法确认"),
        _CASES,
        Source.MEDIATIONS,
        _COUNT,
        N_("本期经法院司法确认的调解协议。"),
        good=1,
    ),
)
