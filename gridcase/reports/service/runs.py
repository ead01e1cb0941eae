"""Keeping a report as it is, making it anew, handing it up, and letting it be made by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing, Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.notices import service as notices
from gridcase.notices.service import Telling
from gridcase.reports import queries
from gridcase.reports.models import ReportForm, ReportRun, ReportSchedule, ReportScheduleReader
from gridcase.reports.rules import EVERY, MOST_READERS, Shape, Sheet, Spec

REASON_LENGTH = 120
NUMBERS_ONLY = N_("明细表随看随印，不留底也不上报；请用汇总表。")


class AlreadyMade(Refused):
    """Somebody else made it at the same moment: nothing is kept of this try."""

    def __init__(self) -> None:
        super().__init__(N_("这一期刚才已经定稿，请打开留底看。"))


def keep(
    form: ReportForm, place: Grid, sheet: Sheet, *, spec: Spec, actor: Viewer, now: datetime, reason: str = "",
    schedule: ReportSchedule | None = None,
) -> ReportRun:  # fmt: skip
    """The numbers as they are now. The first of a period asks for no reason, every further one does; what was made
    before stays. `AlreadyMade` where a schedule comes second."""
    if schedule is None and not queries.keeps(actor, place.path):
        raise Missing
    if spec.shape is Shape.LIST:
        raise Refused(NUMBERS_ONLY)
    if form.withdrawn_at is not None:
        raise Refused(N_("这张报表已经停用。"))
    period = sheet.period
    if now < period.ends:
        raise Refused(N_("这一期到 %(day)s 才满，满期后再定稿；现在可以看，也可以打印。", day=period.last))
    before = queries.made(form.id, place.id, str(period))
    if before and schedule is not None:
        raise AlreadyMade
    if before and not reason:
        raise Refused(N_("这一期已经定稿过，重做请写明原因。"), field="reason")
    run_id = _insert(form, place, sheet, before + 1, actor=actor, now=now, reason=reason, schedule=schedule)
    run = db.session.get_one(ReportRun, run_id)
    _note(run, "report.kept", actor=actor, now=now)
    if schedule is not None:
        if schedule.hand_up:
            hand_up(run, actor=actor, now=now, by=schedule.made_by)
        _tell(run, form, place, queries.readers(schedule), "report.made", now=now)
    return run


def _insert(
    form: ReportForm, place: Grid, sheet: Sheet, attempt: int, *, actor: Viewer, now: datetime, reason: str,
    schedule: ReportSchedule | None,
) -> int:  # fmt: skip
    grant = actor.acting(queries.KEEPS, path=place.path)
    values = {
        "form_id": form.id, "version": form.version, "place_id": place.id, "path": place.path,
        "period": str(sheet.period), "attempt": attempt, "reason": reason, "sheet": sheet.as_json(),
        "schedule_id": schedule.id if schedule else None, "made_at": now, "made_by": actor.name,
        "user_id": actor.user_id, "post_id": grant.post_id if grant else None,
    }  # fmt: skip
    insert = (postgresql.insert if dialect_name() == "postgresql" else sqlite.insert)(ReportRun)
    statement = insert.values(**values).on_conflict_do_nothing(
        index_elements=["form_id", "place_id", "period", "attempt"]
    )
    run_id = db.session.scalar(statement.returning(ReportRun.id))
    if run_id is None:
        raise AlreadyMade
    return int(run_id)


def hand_up(run: ReportRun, *, actor: Viewer, now: datetime, by: str = "") -> None:
    """A town's report to its county: the county sees it from now on."""
    place = db.session.get_one(Grid, run.place_id)
    if not by and not queries.keeps(actor, place.path):
        raise Missing
    if place.level != GridLevel.TOWN:
        raise Refused(N_("只有镇的报表上报到县；村的数已经在镇的报表里。"))
    db.session.refresh(run, with_for_update=True)
    if run.handed_up_at is not None:
        raise Refused(N_("这一份已经上报过了。"))
    run.handed_up_at, run.handed_up_by = now, by or actor.name
    form = db.session.get_one(ReportForm, run.form_id)
    posts = [post.id for post in queries.county_posts(place.path, on=town_day(now))]
    _tell(run, form, place, posts, "report.handed_up", now=now)
    _note(run, "report.handed_up", actor=actor, now=now)


def _tell(
    run: ReportRun, form: ReportForm, place: Grid, posts: Collection[int], rule: str, *, now: datetime
) -> None:  # fmt: skip
    label = Period.read(run.period, default=Period.of(PeriodKind.MONTH, town_day(now))).label
    words = (
        N_("%(place)s上报：%(title)s（%(period)s）", place=place.name, title=form.title, period=label)
        if rule == "report.handed_up"
        else N_("报表已出：%(title)s（%(place)s，%(period)s）", title=form.title, place=place.name, period=label)
    )
    notices.tell_all(
        [
            Telling(
                rule=rule, subject_kind="report_run", subject_id=run.id, due_at=None, place_path=place.path, text=words,
                link=f"/reports/runs/{run.id}", post_id=post_id,
            )
            for post_id in posts
        ],
        now=now,
    )  # fmt: skip


def let_be_made(
    form: ReportForm, place: Grid, *, actor: Viewer, spec: Spec, every: PeriodKind, readers: Collection[int],
    hand_up: bool, now: datetime,
) -> ReportSchedule:  # fmt: skip
    """From the running period on, the form is made by itself once the period is over; set anew in the same rhythm it
    still makes what the old one has not come to."""
    grant = queries.keeping(actor, place.path)
    if grant is None:
        raise Missing
    if form.withdrawn_at is not None:
        raise Refused(N_("这张报表已经停用。"))
    if spec.shape is Shape.LIST:
        raise Refused(NUMBERS_ONLY)
    if every not in EVERY:
        raise Refused(N_("请选一种周期。"), field="every")
    if hand_up and place.level != GridLevel.TOWN:
        raise Refused(N_("只有镇的报表上报到县，请去掉这个勾。"), field="hand_up")
    allowed = {post.id for post in queries.possible_readers(place, on=town_day(now))}
    if len(readers) > MOST_READERS or not allowed.issuperset(readers):
        raise Refused(N_("请从列出的岗位里选，最多 %(n)s 个。", n=MOST_READERS), field="readers")
    before, since = queries.running(form, place), Period.of(every, town_day(now)).first
    if before is not None and before.every == every:
        since = before.since
    end_of(form, place, actor=actor, now=now)
    schedule = ReportSchedule(
        form_id=form.id, place_id=place.id, path=place.path, every=every, since=since,
        hand_up=hand_up, role=grant.role, made_at=now, made_by=actor.name, user_id=actor.user_id, post_id=grant.post_id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(schedule)
    except IntegrityError:  # of a form one runs at a place
        raise Refused(N_("刚才别人也设了自动出表，请重新打开看看。")) from None
    db.session.add_all(ReportScheduleReader(schedule_id=schedule.id, post_id=post_id) for post_id in sorted(readers))
    audit.record(
        actor=actor, action="report.scheduled", subject_kind="report_form", subject_id=form.id, now=now,
        place_path=place.path, post_id=grant.post_id, detail={"every": str(every), "hand_up": hand_up},
    )  # fmt: skip
    return schedule


def end_of(form: ReportForm, place: Grid, *, actor: Viewer, now: datetime) -> bool:
    """No more made by itself; what was made stays. False where nothing ran."""
    if not queries.keeps(actor, place.path):
        raise Missing
    found = queries.running(form, place)
    if found is None:
        return False
    found.ended_at = now
    db.session.flush()
    audit.record(
        actor=actor, action="report.unscheduled", subject_kind="report_form", subject_id=form.id, now=now,
        place_path=place.path,
    )  # fmt: skip
    return True


def note_export(form: ReportForm, place: Grid, period: Period, *, actor: Viewer, now: datetime, rows: int) -> None:
    """A report left as a table."""
    audit.record(
        actor=actor, action="report.exported", subject_kind="report_form", subject_id=form.id, now=now,
        place_path=place.path, detail={"period": str(period), "rows": rows},
    )  # fmt: skip


def _note(run: ReportRun, action: str, *, actor: Viewer, now: datetime) -> None:
    grant = actor.acting(Permission.SEE_DASHBOARD, path=run.path)
    audit.record(
        actor=actor, action=action, subject_kind="report_run", subject_id=run.id, now=now, place_path=run.path,
        post_id=grant.post_id if grant else None,
        detail={"form": run.form_id, "period": run.period, "attempt": run.attempt},
    )  # fmt: skip
