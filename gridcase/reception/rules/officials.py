"""Whether what somebody says at a door is about those who keep the doors of the village, or its accounts. Pure."""

from __future__ import annotations

import re

from gridcase.core.words import N_

# Who, together with what is held against him; or the accounts by themselves. Asking where the clerk sits is neither.
_WHO = re.compile("书记|支书|村主任|村长|村委|两委|干部|会计|文书|网格员|网格长|组长|片长|联户代表|监委")
_WHAT = re.compile(
    "贪|侵占|霸占|多占|占了|私分|吞|吃拿|卡要|不公|偏心|偏袒|亲戚|优亲|克扣|挪用|虚报|冒领|骂|打人|打了|态度|作风|不管"
    "|不作为|乱收|收钱|要钱|要红包|送礼|好处|举报|投诉|反映.{0,6}问题"
)
_ACCOUNTS = re.compile(
    "村账|村里的账|账目|账务|财务.{0,4}(不公开|公开|不清|有问题)|集体.{0,3}(资金|的钱|收入)|公款|小金库"
)
TO_THE_TOWN = N_(
    "说到村干部、网格员或村账的事不在这里答复：请选“登记成事件”，由镇里办，村里看不到。说的不是他们，请勾选。"
)


def about_officials(*words: str | None) -> bool:
    """Whether it reads like a complaint about an official of the village, a liaison, or the village's accounts."""
    said = "，".join(word for word in words if word)
    return bool(_ACCOUNTS.search(said) or (_WHO.search(said) and _WHAT.search(said)))
