"""Roles, what each may do, and kinds of units: the whole matrix of rights on one page (domain.md 3.2, decisions.md).

A role never widens by accident: what is not listed here is denied. Where a role reaches is decided by the anchor of its
post (a place, a section, a unit, or named households), see `gridcase.core.scope`.
"""

from __future__ import annotations

from enum import StrEnum

from gridcase.core.permissions import Permission as P
from gridcase.core.words import N_, Text


class Role(StrEnum):
    """Who somebody is in the grid."""

    RESIDENT = "resident"
    LIAISON = "liaison"
    PARTY_CONTACT = "party_contact"
    DEPUTY = "deputy"
    GRID_LEADER = "grid_leader"
    SECTION_LEADER = "section_leader"
    FULLTIME_GRID = "fulltime_grid"
    PARTTIME_GRID = "parttime_grid"
    VILLAGE_HEAD = "village_head"
    REVIEW_MEMBER = "review_member"
    VILLAGE_SUPERVISOR = "village_supervisor"
    SHOP_KEEPER = "shop_keeper"
    DEPT = "dept"
    UNIT_LEAD = "unit_lead"
    DISPATCHER = "dispatcher"
    TOWN_MANAGER = "town_manager"
    COUNTY_DISPATCHER = "county_dispatcher"
    COUNTY_DEPT = "county_dept"
    COUNTY_MANAGER = "county_manager"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"

    @property
    def label(self) -> Text:
        """The field's word."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.RESIDENT: N_("村民"),
    Role.LIAISON: N_("联户代表"),
    Role.PARTY_CONTACT: N_("联系党员"),
    Role.DEPUTY: N_("人大代表"),
    Role.GRID_LEADER: N_("网格长"),
    Role.SECTION_LEADER: N_("片网格长"),
    Role.FULLTIME_GRID: N_("专职网格员"),
    Role.PARTTIME_GRID: N_("兼职网格员"),
    Role.VILLAGE_HEAD: N_("总网格长"),
    Role.REVIEW_MEMBER: N_("积分评议小组成员"),
    Role.VILLAGE_SUPERVISOR: N_("村务监督员"),
    Role.SHOP_KEEPER: N_("积分超市管理员"),
    Role.DEPT: N_("站所办理员"),
    Role.UNIT_LEAD: N_("站所负责人"),
    Role.DISPATCHER: N_("镇综治中心值班员"),
    Role.TOWN_MANAGER: N_("镇业务管理员"),
    Role.COUNTY_DISPATCHER: N_("县综治中心值班员"),
    Role.COUNTY_DEPT: N_("县级部门办理员"),
    Role.COUNTY_MANAGER: N_("县业务管理员"),
    Role.SYSTEM_ADMIN: N_("系统管理员"),
    Role.SECURITY_ADMIN: N_("安全管理员"),
    Role.AUDITOR: N_("审计管理员"),
}

# Roles whose post reaches named households (its circle, or the own home) instead of a place.
HOUSEHOLD_ROLES = frozenset({Role.RESIDENT, Role.LIAISON, Role.PARTY_CONTACT})

_CIRCLE_WORK = frozenset({
    P.SEE_WORK, P.SEE_CASE, P.REGISTER_CASE, P.SELF_SOLVE_CASE, P.HANDLE_CASE, P.ANSWER_CASE, P.SEE_REPORTER,
    P.SEE_HOUSEHOLD, P.SEE_MEMBERS, P.SEE_TIER, P.LOG_VISIT, P.SEE_VISIT, P.SEE_POINTS, P.DECLARE_POINTS,
    P.REDEEM_POINTS, P.PROPOSE_TIER,
})  # fmt: skip
_CELL_WORK = _CIRCLE_WORK | {P.SEE_PLACE, P.ACCEPT_CASE, P.ESCALATE_CASE, P.SEE_MAP, P.CONFIRM_TIER}
_STATION_WORK = frozenset({P.SEE_WORK, P.SEE_CASE, P.SEE_REPORTER, P.HANDLE_CASE})
_DUTY_DESK = frozenset({
    P.SEE_WORK, P.SEE_PLACE, P.SEE_CASE, P.SEE_RESTRICTED_CASE, P.SEE_REPORTER, P.REGISTER_CASE, P.ACCEPT_CASE,
    P.DISPATCH_CASE, P.ANSWER_CASE, P.VERIFY_CASE, P.ESCALATE_CASE, P.GRANT_PAUSE, P.SEE_HOUSEHOLD, P.SEE_DASHBOARD,
    P.SEE_MAP, P.SEE_SENSITIVE_FACTORS, P.ANNOUNCE,
})  # fmt: skip

# Restricted classes (03xx, 1004) open to the duty desks of town and county, and to the station or person a case was
# sent to or who collected it. A village head does not see them: complaints go past the named level.
ROLE_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.RESIDENT: frozenset({
        P.SEE_HOUSEHOLD, P.SEE_MEMBERS, P.SEE_POINTS, P.OBJECT_POINTS, P.DECLARE_POINTS, P.REDEEM_POINTS,
    }),
    Role.LIAISON: _CIRCLE_WORK,
    Role.PARTY_CONTACT: _CIRCLE_WORK,
    Role.DEPUTY: frozenset({P.SEE_WORK, P.SEE_PLACE, P.SEE_CASE, P.REGISTER_CASE}),
    Role.GRID_LEADER: _CELL_WORK | {P.ANNOUNCE, P.RUN_ACTIVITY, P.BATCH_POINTS},
    Role.SECTION_LEADER: _CELL_WORK | {P.SECOND_CHECK},
    Role.FULLTIME_GRID: _CELL_WORK | {
        P.DISPATCH_CASE, P.VERIFY_CASE, P.ESCALATE_CASE, P.SEE_DASHBOARD, P.EDIT_HOUSEHOLD, P.PLAN_GRID, P.ANNOUNCE,
        P.RUN_ACTIVITY, P.BATCH_POINTS,
    },
    # patrols a cell, serves no home
    Role.PARTTIME_GRID: (_CIRCLE_WORK | {P.SEE_PLACE}) - {
        P.SEE_TIER, P.SEE_MEMBERS, P.PROPOSE_TIER, P.DECLARE_POINTS, P.REDEEM_POINTS,
    },
    Role.VILLAGE_HEAD: _CELL_WORK | {
        P.DISPATCH_CASE, P.VERIFY_CASE, P.ESCALATE_CASE, P.EDIT_HOUSEHOLD, P.SEE_DASHBOARD, P.SECOND_CHECK,
        P.CONFIRM_RED_TIER, P.SEE_SENSITIVE_FACTORS, P.MANAGE_POSTS, P.PLAN_GRID, P.CONFIRM_PLAN, P.EXPORT_REGISTERS,
        P.SET_CATALOGUE, P.ANNOUNCE, P.RUN_ACTIVITY, P.BATCH_POINTS, P.SETTLE_POINTS, P.KEEP_DECISIONS, P.SET_SCHEME,
        P.GIVE_AWARDS, P.MANAGE_SHOP,
    },
    Role.REVIEW_MEMBER: frozenset({P.SEE_WORK, P.SEE_POINTS, P.REVIEW_POINTS}),
    Role.VILLAGE_SUPERVISOR: frozenset({
        P.SEE_WORK, P.SEE_PLACE, P.SEE_CASE, P.SEE_HOUSEHOLD, P.SEE_VISIT, P.SEE_POINTS, P.OBJECT_POINTS,
        P.SEE_DASHBOARD, P.SEE_MAP,
    }),
    Role.SHOP_KEEPER: frozenset({P.SEE_WORK, P.KEEP_SHOP}),
    Role.DEPT: _STATION_WORK,
    Role.UNIT_LEAD: _STATION_WORK | {P.GRANT_PAUSE},
    Role.DISPATCHER: _DUTY_DESK,
    Role.TOWN_MANAGER: frozenset({
        P.SEE_WORK, P.SEE_PLACE, P.SEE_CASE, P.VOID_CASE, P.IMPORT_CASES, P.MANAGE_TOWN, P.SEE_DASHBOARD, P.SEE_MAP,
        P.REGISTER_CASE, P.ACCEPT_CASE, P.MANAGE_PLACES, P.MANAGE_POSTS, P.PLAN_GRID, P.IMPORT_REGISTERS,
        P.EXPORT_REGISTERS, P.SUPERVISE_CASE, P.SET_CATALOGUE, P.ANNOUNCE, P.KEEP_DECISIONS, P.SET_SCHEME,
        P.GIVE_AWARDS, P.MANAGE_SHOP, P.MANAGE_MERCHANTS,
    }),
    Role.COUNTY_DISPATCHER: _STATION_WORK | {P.SEE_RESTRICTED_CASE, P.DISPATCH_CASE, P.VERIFY_CASE},
    Role.COUNTY_DEPT: _STATION_WORK,
    Role.COUNTY_MANAGER: frozenset({
        P.SEE_WORK, P.SEE_PLACE, P.MANAGE_COUNTY, P.SEE_DASHBOARD, P.MANAGE_PLACES, P.MANAGE_POSTS, P.SET_TIER_RULES,
        P.IMPORT_REGISTERS, P.EXPORT_REGISTERS, P.PLAN_GRID, P.SET_CATALOGUE, P.MANAGE_MERCHANTS,
    }),
    Role.SYSTEM_ADMIN: frozenset({P.SEE_SYSTEM}),
    Role.SECURITY_ADMIN: frozenset({P.MANAGE_ACCOUNTS}),
    Role.AUDITOR: frozenset({P.SEE_AUDIT, P.SEE_POINTS}),
}  # fmt: skip


# Those who watch over the system: no post of theirs is set up or filled by who keeps a place's posts.
OFFICES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


class UnitKind(StrEnum):
    """Kinds of offices."""

    ZONGZHI = "zongzhi"
    SOCIAL_WORK = "social_work"
    SERVICE = "service"
    JUSTICE = "justice"
    POLICE = "police"
    STATION = "station"
    DISCIPLINE = "discipline"
    COUNTY = "county"

    @property
    def label(self) -> Text:
        """The field's word."""
        return _UNIT_LABELS[self]


_UNIT_LABELS = {
    UnitKind.ZONGZHI: N_("综治中心"),
    UnitKind.SOCIAL_WORK: N_("社会工作办"),
    UnitKind.SERVICE: N_("便民服务中心"),
    UnitKind.JUSTICE: N_("司法所"),
    UnitKind.POLICE: N_("派出所"),
    UnitKind.STATION: N_("站所"),
    UnitKind.DISCIPLINE: N_("纪委"),
    UnitKind.COUNTY: N_("县级部门"),
}
