"""Who may do what: the whole matrix, written down a second time, and the lines no role may cross."""

from __future__ import annotations

from itertools import product

import pytest

from gridcase.core.permissions import Permission as P
from gridcase.people.rules import HOUSEHOLD_ROLES, ROLE_PERMISSIONS, Role, UnitKind

CIRCLE = """see_work see_case register_case self_solve_case handle_case answer_case see_reporter see_household
    see_members see_tier log_visit see_visit see_points declare_points redeem_points propose_tier"""
CELL = CIRCLE + " see_place accept_case escalate_case see_map confirm_tier"
STATION = "see_work see_case see_reporter handle_case"
DESK = """see_work see_place see_case see_restricted_case see_reporter register_case accept_case dispatch_case
    answer_case verify_case escalate_case grant_pause see_dashboard see_map see_sensitive_factors"""

EXPECTED: dict[str, str] = {
    "resident": "see_household see_members see_points object_points declare_points redeem_points",
    "liaison": CIRCLE,
    "party_contact": CIRCLE,
    "deputy": "see_work see_place see_case register_case",
    "grid_leader": CELL + " announce run_activity batch_points",
    "section_leader": CELL + " second_check",
    "fulltime_grid": CELL
    + """ announce dispatch_case verify_case escalate_case see_dashboard edit_household plan_grid run_activity
        batch_points""",
    "parttime_grid": """see_work see_case register_case self_solve_case handle_case answer_case see_reporter see_place
        see_household log_visit see_visit see_points""",
    "village_head": CELL
    + """ announce dispatch_case verify_case escalate_case edit_household see_dashboard second_check
        confirm_red_tier see_sensitive_factors manage_posts plan_grid confirm_plan export_registers
        set_catalogue run_activity batch_points settle_points keep_decisions set_scheme give_awards manage_shop""",
    "review_member": "see_work see_points review_points",
    "village_supervisor": """see_work see_place see_case see_household see_visit see_points object_points
        see_dashboard see_map""",
    "shop_keeper": "see_work keep_shop",
    "dept": STATION,
    "unit_lead": STATION + " grant_pause",
    "dispatcher": DESK + " announce see_household",
    "town_manager": """announce see_work see_place see_case register_case accept_case void_case import_cases manage_town
        supervise_case see_dashboard see_map manage_places manage_posts plan_grid import_registers export_registers
        set_catalogue keep_decisions set_scheme give_awards manage_shop manage_merchants""",
    "county_dispatcher": STATION + " see_restricted_case dispatch_case verify_case",
    "county_dept": STATION,
    "county_manager": """see_work see_place manage_county see_dashboard manage_places manage_posts
        set_tier_rules import_registers export_registers plan_grid set_catalogue manage_merchants""",
    "system_admin": "see_system",
    "security_admin": "manage_accounts",
    "auditor": "see_audit see_points",
}
PERSONAL = {
    P.SEE_CASE, P.SEE_RESTRICTED_CASE, P.SEE_REPORTER, P.SEE_HOUSEHOLD, P.SEE_MEMBERS, P.SEE_TIER, P.SEE_VISIT,
}  # fmt: skip
DUTY_DESKS = {Role.DISPATCHER, Role.COUNTY_DISPATCHER}


def holders(permission: P) -> set[Role]:
    return {role for role in Role if permission in ROLE_PERMISSIONS[role]}


def test_the_field_has_twenty_two_roles_and_each_has_its_row() -> None:
    assert len(Role) == 22
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(EXPECTED) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_every_role_holds_exactly_its_permissions(role: Role) -> None:
    expected = set(EXPECTED[role].split())
    for permission in P:
        assert (permission in ROLE_PERMISSIONS[role]) == (permission in expected), (role, permission)


def test_every_permission_is_held_by_somebody_and_by_nobody_everywhere() -> None:
    for permission in P:
        assert holders(permission), permission
        assert holders(permission) != set(Role), permission


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.SHOP_KEEPER])
def test_administrators_and_the_shop_see_no_case_and_no_home(role: Role) -> None:
    assert not ROLE_PERMISSIONS[role] & PERSONAL


def test_the_three_administrators_are_three() -> None:
    for role, other in product((Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR), repeat=2):
        if role != other:
            assert not ROLE_PERMISSIONS[role] & ROLE_PERMISSIONS[other]
    assert holders(P.MANAGE_ACCOUNTS) == {Role.SECURITY_ADMIN}
    assert holders(P.SEE_SYSTEM) == {Role.SYSTEM_ADMIN}
    assert holders(P.SEE_AUDIT) == {Role.AUDITOR}
    assert all(permission.startswith("see_") for permission in ROLE_PERMISSIONS[Role.AUDITOR])


def test_restricted_cases_go_past_the_village() -> None:
    assert holders(P.SEE_RESTRICTED_CASE) == DUTY_DESKS


def test_a_familys_card_opens_no_case_of_another_member() -> None:
    assert not ROLE_PERMISSIONS[Role.RESIDENT] & {P.SEE_CASE, P.SEE_TIER, P.SEE_VISIT}


def test_the_tier_is_seen_only_by_those_who_serve_the_home() -> None:
    serving = HOUSEHOLD_ROLES - {Role.RESIDENT} | {
        Role.GRID_LEADER, Role.SECTION_LEADER, Role.FULLTIME_GRID, Role.VILLAGE_HEAD,
    }  # fmt: skip
    assert holders(P.SEE_TIER) == serving
    assert holders(P.SEE_TIER) <= holders(P.LOG_VISIT)


def test_a_supervisor_sees_the_village_but_no_names_unmasked_and_changes_nothing() -> None:
    held = ROLE_PERMISSIONS[Role.VILLAGE_SUPERVISOR]
    assert not held & {P.SEE_RESTRICTED_CASE, P.SEE_TIER, P.SEE_MEMBERS, P.SEE_REPORTER}
    assert {permission for permission in held if not permission.startswith("see_")} == {P.OBJECT_POINTS}


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (P.VOID_CASE, {Role.TOWN_MANAGER}),
        (P.SUPERVISE_CASE, {Role.TOWN_MANAGER}),
        (P.GRANT_PAUSE, {Role.DISPATCHER, Role.UNIT_LEAD}),
        (P.DISPATCH_CASE, DUTY_DESKS | {Role.FULLTIME_GRID, Role.VILLAGE_HEAD}),
        (P.VERIFY_CASE, DUTY_DESKS | {Role.FULLTIME_GRID, Role.VILLAGE_HEAD}),
        (P.SECOND_CHECK, {Role.SECTION_LEADER, Role.VILLAGE_HEAD}),
        (P.REVIEW_POINTS, {Role.REVIEW_MEMBER}),
        (P.MANAGE_TOWN, {Role.TOWN_MANAGER}),
        (P.MANAGE_COUNTY, {Role.COUNTY_MANAGER}),
        (P.SET_CATALOGUE, {Role.VILLAGE_HEAD, Role.TOWN_MANAGER, Role.COUNTY_MANAGER}),
        (P.IMPORT_CASES, {Role.TOWN_MANAGER}),
        (P.EDIT_HOUSEHOLD, {Role.VILLAGE_HEAD, Role.FULLTIME_GRID}),
    ],
)
def test_what_only_a_few_may_do(permission: P, roles: set[Role]) -> None:
    assert holders(permission) == roles


@pytest.mark.parametrize("permission", [p for p in P if p.endswith("_case") and not p.startswith("see_")])
def test_what_may_be_done_to_a_case_may_be_seen(permission: P) -> None:
    assert holders(permission) <= holders(P.SEE_CASE)


def test_who_logs_visits_or_changes_a_home_sees_it() -> None:
    assert holders(P.LOG_VISIT) <= holders(P.SEE_HOUSEHOLD) & holders(P.SEE_VISIT)
    assert holders(P.EDIT_HOUSEHOLD) | holders(P.SEE_MEMBERS) <= holders(P.SEE_HOUSEHOLD)
    assert holders(P.REVIEW_POINTS) | holders(P.OBJECT_POINTS) <= holders(P.SEE_POINTS)


def test_every_role_and_unit_has_its_own_word() -> None:
    assert len({str(role.label) for role in Role}) == len(Role)
    assert len({str(kind.label) for kind in UnitKind}) == len(UnitKind)
