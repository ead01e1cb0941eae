"""What the history of a post, a unit, an organisation or a person says. Pure."""

from __future__ import annotations

from gridcase.core.words import N_, Text

OTHER_DEED = N_("其他变动")
DEEDS: dict[str, Text] = {
    "post.add": N_("设立岗位"),
    "post.edit": N_("修改岗位"),
    "post.appoint": N_("安排任职"),
    "post.stand_in": N_("安排代班"),
    "post.stand_in_end": N_("提前结束代班"),
    "post.vacate": N_("登记离任"),
    "post.move": N_("岗位随网格调整"),
    "post.end": N_("撤销岗位"),
    "circle.join": N_("调整联系户"),
    "certificate.issue": N_("发代表证"),
    "certificate.oath": N_("登记宣誓"),
    "certificate.revoke": N_("撤销代表证"),
    "liaison.first_visit": N_("记首轮走访"),
    "unit.add": N_("设立站所"),
    "unit.edit": N_("修改站所"),
    "unit.close": N_("撤销站所"),
    "organisation.add": N_("设立组织"),
    "organisation.edit": N_("修改组织"),
    "organisation.close": N_("撤销组织"),
    "organisation.seat": N_("登记成员"),
    "organisation.unseat": N_("登记成员离任"),
    "decision.open": N_("登记提议"),
    "decision.step": N_("登记一步"),
    "decision.take_back": N_("撤回一步"),
    "decision.edit": N_("修改提议内容"),
    "decision.drop": N_("作废决议"),
    "decision.paper": N_("上传材料"),
    "decision.remark": N_("记监督意见"),
    "person.add": N_("登记人员"),
    "person.edit": N_("修改人员信息"),
    "person.tag": N_("登记身份"),
    "person.untag": N_("结束身份"),
    "person.fold": N_("合并重复的人"),
    "post.fold": N_("合并重复的人"),
    "person.reveal": N_("查看电话"),
    "person.card_consent": N_("连心卡电话的意愿"),
    "pledge.make": N_("登记承诺"),
    "pledge.progress": N_("记践诺进展"),
    "pledge.review": N_("登记评诺"),
}
