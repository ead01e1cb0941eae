"""The measures of homes, visits, points and activities. Tier and points never stand in one table. Pure."""

from __future__ import annotations

from gridcase.core.words import N_
from gridcase.measures.rules.kinds import Measure, Shape, Source

_HOMES, _TIMES, _POINTS, _YUAN, _PEOPLE = N_("户家庭"), N_("次"), N_("分"), N_("元"), N_("人次")
_PER_CENT, _HOURS, _PIECES = N_("%"), N_("小时"), N_("笔")
_COUNT, _SHARE, _SUM = Shape.COUNT, Shape.SHARE, Shape.SUM

HOMES = (
    Measure("homes.all", N_("在册户"), _HOMES, Source.HOMES, _COUNT, N_("现在在册的户。"), live=True),
    Measure(
        "homes.on_time",
        N_("走访按期率"),
        _PER_CENT,
        Source.HOMES,
        _SHARE,
        N_("现在在册的户中，没有超过走访间隔的所占的比例；间隔按户类定。"),
        of="homes.all",
        live=True,
        good=1,
    ),
    Measure(
        "homes.waiting",
        N_("待走访户"),
        _HOMES,
        Source.HOMES,
        _COUNT,
        N_("到了走访日子、还没有走访的户。"),
        live=True,
        good=-1,
    ),
    Measure(
        "homes.with_liaison",
        N_("有联户代表"),
        _HOMES,
        Source.HOMES,
        _COUNT,
        N_("现在有联户代表的户。"),
        live=True,
        good=1,
    ),
    Measure(
        "homes.no_liaison",
        N_("没有联户代表"),
        _HOMES,
        Source.HOMES,
        _COUNT,
        N_("现在没有联户代表的户。"),
        live=True,
        good=-1,
    ),
    Measure(
        "homes.visited",
        N_("走访过的户"),
        _HOMES,
        Source.HOMES,
        _COUNT,
        N_("现在在册、本期走访过的户。"),
        across=True,
        good=1,
    ),
)

VISITS = (
    Measure(
        "visits.made", N_("走访次数"), _TIMES, Source.VISITS, _COUNT, N_("本期走访的次数，没见到人的也算。"), good=1
    ),
    Measure("visits.met", N_("见到人的走访"), _TIMES, Source.VISITS, _COUNT, N_("本期见到人的走访。"), good=1),
    Measure(
        "visits.at_home", N_("上门走访"), _TIMES, Source.VISITS, _COUNT, N_("本期上门的走访，不算电话和视频。"), good=1
    ),
)

POINTS = (
    Measure(
        "entries.issued",
        N_("发放积分"),
        _POINTS,
        Source.ENTRIES,
        _SUM,
        N_("本期计入各户的积分，减去收回的。"),
    ),
    Measure("entries.awards", N_("积分笔数"), _PIECES, Source.ENTRIES, _COUNT, N_("本期计入积分的笔数。")),
    Measure("entries.redeemed", N_("兑换积分"), _POINTS, Source.ENTRIES, _SUM, N_("本期在超市和商家兑换掉的积分。")),
    Measure("entries.goods", N_("兑换物资金额"), _YUAN, Source.ENTRIES, _SUM, N_("本期兑换的物资值多少钱。")),
    Measure("notices.opened", N_("积分公示"), _PIECES, Source.NOTICES, _COUNT, N_("本期开始公示的积分。")),
    Measure(
        "notices.objected",
        N_("公示异议率"),
        _PER_CENT,
        Source.NOTICES,
        _SHARE,
        N_("本期开始公示的积分中，有人提出异议的所占的比例。"),
        of="notices.opened",
    ),
    Measure(
        "redemptions.times", N_("领取物资"), _TIMES, Source.REDEMPTIONS, _COUNT, N_("本期在积分超市领取物资的次数。")
    ),
    Measure(
        "redemptions.points", N_("领取所用积分"), _POINTS, Source.REDEMPTIONS, _SUM, N_("本期领取的物资用了多少积分。")
    ),
    Measure("redemptions.worth", N_("领取物资金额"), _YUAN, Source.REDEMPTIONS, _SUM, N_("本期领取的物资值多少钱。")),
)

AFFAIRS = (
    Measure("activities.held", N_("活动"), _TIMES, Source.ACTIVITIES, _COUNT, N_("本期办完的活动。"), good=1),
    Measure("helpers.came", N_("参加活动"), _PEOPLE, Source.HELPERS, _COUNT, N_("本期办完的活动到场的人次。"), good=1),
    Measure(
        "helpers.hours",
        N_("活动工时"),
        _HOURS,
        Source.HELPERS,
        _SUM,
        N_("本期办完的活动，每人到场的小时之和。"),
        good=1,
    ),
)
