"""What a covenant may not say, sentence by sentence; what villages usually write passes. No database."""

from __future__ import annotations

import pytest

from gridcase.people.rules import findings_in, mark_of

REFUSED = (
    "乱倒垃圾的，罚款 50 元。",
    "违者罚 款二百元",
    "偷砍一棵树按十倍赔偿",
    "不参加劳动的交违约金一百元",
    "垃圾不分类的，取消低保资格",
    "不交卫生费的，停发各类补贴",
    "违反本约的农户，村里不予办理医保、社保",
    "三年不种的承包地由村里收回",
    "违反三次的，不得参与集体收益分配",
    "外嫁女不参与分红",
    "离婚妇女不得享受村民待遇",
    "赌博的关押三天、游街示众",
    "屡教不改的逐出本村",
    "散养的牲畜由村里扣押",
    "拒不改正的，断水断电",
    "不缴卫生费的户，停止供水",
    "违约户暂不开证明、不予盖章",
    "违约的取消选举资格",
    "积分低于 60 分的，取消救助",
    "积分与低保评定挂钩",
    "黑榜户的子女不得参军",
    "到镇里上访的，当年一票否决",
    "投诉举报村干部的扣分",
    "把打架的未成年人在公示栏公布",
    "公布病情和身份证号",
    "超生的不予落户",
)
DOUBTED = (
    "违反本约的，给予处罚",
    "不文明行为上黑榜",
    "损坏公物的在大会上公开检讨",
    "每户出资 200 元修路",
    "建房交保证金 2000 元",
    "一人违约，全家受影响",
    "不越级上访、不缠访闹访",
    "张贴学生的成绩",
)
PASSED = (
    "爱党爱国，遵纪守法，孝老爱亲。",
    "不得以罚款代替管理；不搞罚款",
    "禁止打骂、体罚儿童",
    "不得因积分低取消低保",
    "积分不与低保、医保、入学、参军挂钩",
    "赌博、吸毒的，报公安机关依法处理",
    "违法占地的，由自然资源主管部门依法查处，可处以罚款",
    "骗取低保的，由民政部门依法核定后取消",
    "红事不超过十桌，礼金不超过 200 元",
    "按时缴纳医疗保险、水费电费",
    "适龄青年依法服兵役，适龄儿童按时入学",
    "不得公开村民隐私",
    "不得扣押村民证件",
    "不得以罚款、断水断电等方式代替管理",
    "不得打击报复投诉举报人",
    "鼓励有事先找联户代表，依法反映诉求",
    "村务每季度公布一次集体收支",
    "损坏公物的，恢复原状或照价赔偿",
    "劝阻无效的，由村委会批评教育",
    "低保、救助名单按规定公示，接受监督",
    "优生优育，生男生女一样好",
    "保护好承包地，不撂荒",
    "检修停水停电提前通知",
    "积极参加网格活动，好人好事加积分",
    "未成年人损坏财物由父母依法承担责任",
)


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_the_law_does_not_leave_to_a_village_is_refused(sentence: str) -> None:
    assert [one.doubtful for one in findings_in(f"一、邻里互助。\n二、{sentence}\n三、红白事从简。")] == [False]


@pytest.mark.parametrize("sentence", DOUBTED)
def test_what_may_be_meant_well_is_asked_about(sentence: str) -> None:
    assert [one.doubtful for one in findings_in(sentence)] == [True]


@pytest.mark.parametrize("sentence", PASSED)
def test_what_villages_write_passes(sentence: str) -> None:
    assert findings_in(sentence) == []


def test_a_confirmation_stands_for_the_sentences_that_were_shown() -> None:
    one, both = findings_in(DOUBTED[0]), findings_in("。".join((*DOUBTED[:2], REFUSED[0])))
    assert [finding.doubtful for finding in both] == [False, True, True]
    assert both[0].sentence == "乱倒垃圾的，罚款 50 元", "as it was written"
    assert mark_of(one)
    assert mark_of(one) != mark_of(both)
    assert mark_of(findings_in("邻里互助。")) == ""
