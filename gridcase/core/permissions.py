"""The vocabulary of rights on one page, and who is looking.

Which role holds which permission stands in `gridcase.people.rules`; how a grant becomes a condition on rows stands in
`gridcase.core.scope`. Default is deny.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """One verb a role may hold. Seeing and doing are apart: what may be done must also be seen."""

    SEE_WORK = "see_work"  # the own work list and inbox
    SEE_PLACE = "see_place"  # grids, sections, posts of a place
    SEE_CASE = "see_case"
    SEE_RESTRICTED_CASE = "see_restricted_case"
    SEE_REPORTER = "see_reporter"  # name and phone of who reported
    REGISTER_CASE = "register_case"
    ACCEPT_CASE = "accept_case"
    SELF_SOLVE_CASE = "self_solve_case"
    DISPATCH_CASE = "dispatch_case"
    HANDLE_CASE = "handle_case"  # sign, return, submit the result: the addressed post or unit
    ANSWER_CASE = "answer_case"  # record the villager's word
    VERIFY_CASE = "verify_case"
    VOID_CASE = "void_case"
    GRANT_PAUSE = "grant_pause"
    ESCALATE_CASE = "escalate_case"
    SUPERVISE_CASE = "supervise_case"  # sign or drop the supervision sheets of late cases
    SECOND_CHECK = "second_check"
    SEE_HOUSEHOLD = "see_household"
    SEE_MEMBERS = "see_members"  # unmasked names and phones, each look with a reason
    SEE_TIER = "see_tier"
    EDIT_HOUSEHOLD = "edit_household"  # the register and a family's life
    PROPOSE_TIER = "propose_tier"  # factors and a proposal for the care tier
    CONFIRM_TIER = "confirm_tier"  # green and yellow
    CONFIRM_RED_TIER = "confirm_red_tier"  # into red and out of it, by the record of a meeting
    SEE_SENSITIVE_FACTORS = "see_sensitive_factors"  # decisions.md, lines nobody crosses, 3
    SET_TIER_RULES = "set_tier_rules"
    LOG_VISIT = "log_visit"
    SEE_VISIT = "see_visit"
    ANNOUNCE = "announce"  # write what is to be passed on to every home of a place
    SEE_POINTS = "see_points"
    REVIEW_POINTS = "review_points"
    OBJECT_POINTS = "object_points"
    DECLARE_POINTS = "declare_points"  # for the own home, or for a home one serves
    BATCH_POINTS = "batch_points"  # for everybody who took part in something
    SETTLE_POINTS = "settle_points"  # close a month, a quarter, a year
    KEEP_DECISIONS = "keep_decisions"  # what the village decided, its covenant and its councils
    SET_SCHEME = "set_scheme"  # what a village gives points for
    RUN_ACTIVITY = "run_activity"  # calls, teams, sign-in lists
    GIVE_AWARDS = "give_awards"  # honours, star plates, boards
    REDEEM_POINTS = "redeem_points"  # for the own home, or for a home one serves
    KEEP_SHOP = "keep_shop"  # the counter: goods, stock, handing over
    MANAGE_SHOP = "manage_shop"  # open a shop, purchases and donations, stock-takes
    MANAGE_MERCHANTS = "manage_merchants"
    SEE_DASHBOARD = "see_dashboard"
    SEE_MAP = "see_map"
    IMPORT_CASES = "import_cases"
    MANAGE_PLACES = "manage_places"  # places, outlines, sections, resources
    MANAGE_POSTS = "manage_posts"  # units, organisations, posts, who holds them, liaison records
    PLAN_GRID = "plan_grid"  # propose cells, circles and moves
    CONFIRM_PLAN = "confirm_plan"  # let a proposal take effect
    IMPORT_REGISTERS = "import_registers"
    EXPORT_REGISTERS = "export_registers"  # with names in full: each time with a purpose
    MANAGE_TOWN = "manage_town"
    MANAGE_COUNTY = "manage_county"
    SET_CATALOGUE = "set_catalogue"  # the rules of classes and the reply templates of a place
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"
    SEE_SYSTEM = "see_system"


@dataclass(frozen=True)
class Grant:
    """What one post gives: its permissions, over a subtree, a section, a unit or named households.

    `case_id` is nobody's post: the one case whose reporter this is.
    """

    role: str
    permissions: frozenset[Permission]
    post_id: int | None = None
    title: str = ""
    path: str | None = None
    section_id: int | None = None
    unit_id: int | None = None
    household_ids: frozenset[int] | None = None
    case_id: int | None = None


@dataclass(frozen=True)
class Viewer:
    """Who looks or acts: a member of staff, a card holder of a household, a villager, or a job."""

    kind: str  # "staff" | "card" | "job" | "reporter"
    name: str
    user_id: int | None = None
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    locale: str = "zh_Hans_CN"
    large_text: bool = False  # elder mode
    permissions: frozenset[Permission] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        held = frozenset().union(*(grant.permissions for grant in self.grants)) if self.grants else frozenset()
        object.__setattr__(self, "permissions", held)

    def may(self, permission: Permission) -> bool:
        """Whether any post of this viewer holds the permission (the place is asked by `core.scope.reach`)."""
        return permission in self.permissions

    def grants_with(self, permission: Permission) -> tuple[Grant, ...]:
        """The grants that hold this permission, in the order of the posts."""
        return tuple(grant for grant in self.grants if permission in grant.permissions)

    def roles(self) -> frozenset[str]:
        """The roles of all posts held."""
        return frozenset(grant.role for grant in self.grants)

    def post_ids(self) -> frozenset[int]:
        """The posts held, stand-ins included."""
        return frozenset(grant.post_id for grant in self.grants if grant.post_id is not None)

    def unit_ids(self) -> frozenset[int]:
        """The units this viewer works for."""
        return frozenset(grant.unit_id for grant in self.grants if grant.unit_id is not None)

    def acting(self, permission: Permission, *, path: str | None = None) -> Grant | None:
        """The post an action is done from: the first that holds the permission over `path`, else the first at all."""
        held = self.grants_with(permission)
        covering = [grant for grant in held if path and grant.path and path.startswith(grant.path)]
        return next(iter([*covering, *held]), None)


def job(name: str) -> Viewer:
    """The viewer of scheduled jobs and of the command line: sees every place, is nobody's kin."""
    everything = Grant(role="job", permissions=frozenset(Permission), path="/")
    return Viewer(kind="job", name=name, grants=(everything,))
