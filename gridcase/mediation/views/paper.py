"""The agreement on paper (人民调解协议书): a page to print, and a file."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.masking import mask_name, mask_phone
from gridcase.core.paper import Fields, Paper, Seal, Signs, Words
from gridcase.core.pdf import write_pdf
from gridcase.core.permissions import Permission
from gridcase.mediation import queries
from gridcase.mediation.models import Mediation
from gridcase.mediation.rules import COURT_DAYS, party_mark
from gridcase.mediation.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date, translate
from gridcase.web.respond import pdf_file


@bp.get("/<int:case_id>/paper")
@needs(Permission.SEE_CASE)
def print_agreement(case_id: int) -> ResponseReturnValue:
    """The agreement, ready to print and sign."""
    case, mediation = queries.get_mediation(case_id, viewer=viewer())
    if not mediation.terms:
        return _not_yet(case_id)
    paper = agreement_paper(case, mediation, named=queries.reads_names(case, viewer()))
    pdf = url_for(".agreement_pdf", case_id=case_id)
    return render_template("mediation/print.html", paper=paper, case=case, pdf_url=pdf)


@bp.get("/<int:case_id>/paper.pdf")
@needs(Permission.SEE_CASE)
def agreement_pdf(case_id: int) -> ResponseReturnValue:
    """The same as a file."""
    case, mediation = queries.get_mediation(case_id, viewer=viewer())
    if not mediation.terms:
        return _not_yet(case_id)
    paper = agreement_paper(case, mediation, named=queries.reads_names(case, viewer()))
    return pdf_file(write_pdf(paper, now=clock.now()), name=f"{case.number}-agreement")


def _not_yet(case_id: int) -> ResponseReturnValue:
    flash(_("协议还没有写，写好以后可以打印。"), "warning")
    return redirect(url_for(".show", case_id=case_id))


def agreement_paper(case: Case, mediation: Mediation, *, named: bool) -> Paper:
    """The customary parts: who, what is in dispute, the facts, what was agreed, how it is kept, signatures."""
    names = cases.facts(case)
    office = _("%(village)s人民调解委员会", village=names.village_name or names.town_name)
    signed = show_date(mediation.signed_on) if mediation.signed_on else _("　　年　月　日")
    homes = queries.homes_of(mediation.parties)
    who, signs = [], []
    for place, one in enumerate(mediation.parties, start=1):
        mark = translate(party_mark(place))
        phone = one.phone or ""
        code = homes.get(one.household_id or 0, "")
        about = [(phone if named else mask_phone(phone)), code]
        name = one.name if named else mask_name(one.name)
        who.append([(mark, name), (_("联系方式"), "  ".join(part for part in about if part) or "—")])
        signs.append(_("%(mark)s（签名、按指印）", mark=mark))
    keep = [mediation.fulfilment or ""]
    if mediation.fulfil_by:
        keep.append(_("履行期限：%(day)s。", day=show_date(mediation.fulfil_by)))
    texts = [
        (_("争议事项"), mediation.dispute or ""),
        (_("主要事实"), mediation.facts or ""),
        (_("经调解，双方自愿约定如下"), mediation.terms or ""),
        (_("履行方式和期限"), "\n".join(part for part in keep if part)),
    ]
    hidden = _("限定可见")  # what parties say of each other names them as surely as their names
    last = _(
        "本协议自各方签名、按指印之日起生效，各方应当按约定履行。各方认为有必要的，可以自生效之日起 %(n)s 天内"
        "共同向人民法院申请司法确认。本协议由各方各存一份，调解委员会存一份。",
        n=COURT_DAYS,
    )
    day = signed if mediation.signed_on else ""
    return Paper(
        office, _("人民调解协议书"), _("%(number)s 调", number=case.number), day,
        [
            *([Fields(who)] if who else []),
            *(Words(text if named else hidden, heading) for heading, text in texts if text),
            Words(last),
            Signs([*signs, _("调解员（%(names)s）", names=mediation.mediators), _("记录人")]),
            Seal(office, _("（盖章）"), signed),
        ],
        number_label=_("编号："),
    )  # fmt: skip
