"""The measures of campaigns: what was entered, by kind. Pure."""

from __future__ import annotations

from gridcase.core.words import N_
from gridcase.measures.rules.kinds import Measure, Shape, Source

_SUM = Shape.SUM

CAMPAIGNS = (
    Measure(
        "campaigns.entries", N_("专项行动记数"), N_("笔"), Source.CAMPAIGNS, Shape.COUNT, N_("本期专项行动记了几笔。")
    ),
    Measure(
        "campaigns.doors",
        N_("敲门入户"),
        N_("户家庭"),
        Source.CAMPAIGNS,
        _SUM,
        N_("本期专项行动记下的敲门户数。"),
        good=1,
    ),
    Measure(
        "campaigns.people", N_("发动人员"), N_("人次"), Source.CAMPAIGNS, _SUM, N_("本期专项行动记下的人次。"), good=1
    ),
    Measure(
        "campaigns.meetings", N_("屋场会"), N_("场"), Source.CAMPAIGNS, _SUM, N_("本期专项行动记下的屋场会。"), good=1
    ),
    Measure(
        "campaigns.businesses", N_("走访业态"), N_("家"), Source.CAMPAIGNS, _SUM, N_("本期专项行动走访的业态。"), good=1
    ),
    Measure(
        "campaigns.goods", N_("收回物品"), N_("件"), Source.CAMPAIGNS, _SUM, N_("本期专项行动收回的物品。"), good=1
    ),
    Measure(
        "campaigns.reached",
        N_("指标达到"),
        N_("例"),
        Source.CAMPAIGNS,
        _SUM,
        N_("本期专项行动指标中达到的数。"),
        good=1,
    ),
    Measure("campaigns.whole", N_("指标总数"), N_("例"), Source.CAMPAIGNS, _SUM, N_("本期专项行动指标的总数。")),
)
