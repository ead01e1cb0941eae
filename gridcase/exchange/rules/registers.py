"""Every register on one page: which columns its file has. Template, mapping, check and export read this table. Pure.

They stand in the order in which an empty county takes them: what a file names by code stands in an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.core.words import N_
from gridcase.exchange.rules.columns import Column, Kind, Register
from gridcase.grid.rules import GridKind, GridLevel
from gridcase.households.rules import RELATIONS
from gridcase.people.rules import BodyKind, Candidate, MeetingKind, Role, UnitKind

LEVELS = {
    GridLevel.COUNTY: "县", GridLevel.TOWN: "乡镇", GridLevel.VILLAGE: "村", GridLevel.GROUP: "组",
    GridLevel.CELL: "网格",
}  # fmt: skip
KINDS = {GridKind.GENERAL: "综合网格", GridKind.SPECIAL: "专属网格"}
# Liaisons have a file of their own; the three offices that watch over the system are not given by a file.
_NOT_HERE = (Role.RESIDENT, Role.LIAISON, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
ROLES = {role: str(role.label) for role in Role if role not in _NOT_HERE}
BODY_KINDS = {kind: str(kind.label) for kind in BodyKind}
MEETINGS = {kind: str(kind.label) for kind in MeetingKind}
CANDIDATES = {kind: str(kind.label) for kind in Candidate}
UNIT_KINDS = {kind: str(kind.label) for kind in UnitKind}
KIN = {key: str(text) for key, text in RELATIONS.items()}
GENDERS = {"m": "男", "f": "女"}
ENDINGS = {"moved": "迁出", "died": "死亡", "merged": "合并", "error": "错登"}

ENDED = N_("填了日期，这一行从那天起不再有效；留空不改。表里没有的行不会被删除。")


def _ended(header: str, *names: str) -> Column:
    return Column("valid_to", header, Kind.DATE, names=names, help=ENDED)


def _code(key: str, header: str, *names: str, required: bool = True, example: str = "") -> Column:
    return Column(key, header, Kind.CODE, required=required, names=names, example=example, longest=60)


_PHONE = Column("phone", "联系电话", Kind.PHONE, names=("电话", "手机", "手机号", "手机号码"), longest=20,
                example="13900000001", mask="phone")  # fmt: skip
_HOME = Column("home", "任职人户编码", Kind.CODE, names=("所在户编码",), example="990101100201Z01-001-001",
               help=N_("任职人是本村住户时填写，用来认出同一个人。"))  # fmt: skip
_HOLDER = (
    Column("holder", "任职人", names=("姓名", "担任人", "人员姓名"), example="张小明", mask="name"),
    _PHONE, _HOME,
    Column("since", "任职日期", Kind.DATE, names=("任职时间", "上任日期"), example="2024-01-05",
           help=N_("换人时从这一天起；留空用导入时选的日期。")),
)  # fmt: skip

_LIST = (
    Register(
        "places", N_("区划网格"), "区划网格",
        (
            _code("code", "编码", "网格编码", "区划代码", "行政区划代码", example="990101100201"),
            Column("name", "名称", required=True, names=("网格名称", "单位名称", "村名"), longest=80, example="上河村"),
            Column("level", "层级", Kind.CHOICE, required=True, names=("级别", "类型"), choices=LEVELS, example="村"),
            _code("parent", "上级编码", "所属编码", "上级网格编码", required=False, example="990101100000"),
            Column("kind", "网格类别", Kind.CHOICE, names=("类别",), choices=KINDS, example="综合网格"),
            Column("external_code", "原系统编码", names=("外部编码", "省平台编码"), example="430901001"),
            Column("lon", "经度", Kind.LON, names=("中心经度", "lng"), example="112.600000"),
            Column("lat", "纬度", Kind.LAT, names=("中心纬度",), example="28.450000"),
            Column("valid_from", "启用日期", Kind.DATE, names=("设立日期",), example="2024-01-01"),
            _ended("停用日期", "撤销日期"),
        ),
        ("code",),
        note=N_("县、乡镇、村、组、网格写在一张表里，上级和下级可以在同一个文件里。界线请在地图上画或导入。"),
    ),
    Register(
        "sections", N_("片"), "片",
        (
            _code("village", "村编码", "所属村编码", example="990101100201"),
            _code("code", "片编码", "片区编码", example="P1"),
            Column("name", "片名称", required=True, names=("片区名称", "名称"), example="第1片"),
        ),
        ("village", "code"),
    ),
    Register(
        "units", N_("站所"), "站所",
        (
            _code("code", "单位编码", "站所编码", "编码", example="U-water"),
            Column("name", "单位名称", required=True, names=("站所名称", "名称"), longest=80, example="青溪镇水利站"),
            Column("kind", "单位类别", Kind.CHOICE, required=True, names=("类别",), choices=UNIT_KINDS, example="站所"),
            _code("place", "所属地编码", "所属乡镇编码", "所在地编码", example="990101100000"),
        ),
        ("code",),
    ),
    Register(
        "households", N_("户"), "户",
        (
            _code("code", "户编码", "户编号", "家庭编号", "编码", example="990101100201Z01-001-001"),
            _code("grid", "网格编码", "所属网格编码", "所在网格", "小组编码", example="990101100201Z01-001"),
            Column("head_name", "户主姓名", required=True, names=("户主", "姓名"), example="张小明", mask="name"),
            Column("phone", "联系电话", Kind.PHONE, names=("电话", "手机", "手机号", "手机号码"), longest=20,
                   example="13900000001", mask="phone"),
            Column("address", "地址", names=("家庭住址", "住址", "详细地址"), longest=120, example="上河村1组12号",
                   mask="address"),
            Column("hamlet", "自然村", names=("屋场", "湾", "院落"), longest=40, example="上湾"),
            _code("external_code", "原系统户号", "户号", "户口簿号", required=False, example="H0012"),
            Column("absent", "常年外出", Kind.YESNO, names=("空挂户", "外出户"), example="否"),
            Column("floating", "流动人口户", Kind.YESNO, names=("外来户",), example="否"),
            Column("since", "登记日期", Kind.DATE, names=("入户日期", "迁入日期"), example="2024-01-01"),
            Column("lon", "经度", Kind.LON, names=("lng",), example="112.601000"),
            Column("lat", "纬度", Kind.LAT, example="28.451000"),
            Column("ended_on", "注销日期", Kind.DATE, names=("迁出日期",), help=ENDED),
            Column("ended_why", "注销原因", Kind.CHOICE, choices=ENDINGS, example="迁出"),
        ),
        ("code",),
        large=True,
        note=N_("关爱等级和评估因素不能导入，由人评定。换网格从导入时选的日期起算。"),
    ),
    Register(
        "members", N_("家庭成员"), "家庭成员",
        (
            _code("household", "户编码", "户编号", "家庭编号", example="990101100201Z01-001-001"),
            Column("name", "姓名", required=True, names=("成员姓名",), example="周小一", mask="name"),
            Column("relation", "与户主关系", Kind.CHOICE, required=True, names=("关系", "家庭关系"), choices=KIN,
                   example="配偶"),
            Column("gender", "性别", Kind.CHOICE, choices=GENDERS, example="女"),
            Column("born_on", "出生日期", Kind.DATE, names=("出生年月日", "生日"), example="1972-06-01"),
            Column("phone", "联系电话", Kind.PHONE, names=("电话", "手机", "手机号", "手机号码"), longest=20,
                   example="13900000002", mask="phone"),
            Column("absent", "外出务工", Kind.YESNO, names=("外出",), example="否"),
            Column("valid_from", "入户日期", Kind.DATE, names=("登记日期",), example="2024-01-01"),
            _ended("离户日期", "注销日期"),
        ),
        ("household", "name", "born_on"),
        large=True,
        note=N_("每人一行，户主也写一行。改姓名、分户、并户请在户的页面办。"),
    ),
    Register(
        "posts", N_("岗位"), "岗位",
        (
            _code("code", "岗位编码", "编码", example="990101100201-HEAD"),
            Column("role", "角色", Kind.CHOICE, required=True, names=("岗位类别", "职务"), choices=ROLES,
                   example="总网格长"),
            Column("title", "岗位名称", required=True, names=("名称",), longest=80, example="上河村总网格长"),
            _code("place", "所属地编码", "网格编码", example="990101100201"),
            _code("section", "片编码", required=False, example="P1"),
            _code("unit", "单位编码", "站所编码", required=False, example="U-water"),
            Column("paid", "是否有报酬", Kind.YESNO, names=("有报酬",), example="是"),
            Column("valid_from", "设岗日期", Kind.DATE, example="2024-01-01"),
            _ended("撤岗日期"),
            *_HOLDER,
        ),
        ("code",),
        note=N_("联户代表写在“联户代表”表里。登录账号不在表里，由安全管理员开通。代理的人不在表里。"),
    ),
    Register(
        "liaisons", N_("联户代表"), "联户代表",
        (
            _code("code", "岗位编码", "编码", "代表编号", example="990101100201-L001"),
            Column("title", "岗位名称", required=True, names=("名称",), longest=80, example="上河村联户代表001"),
            _code("place", "所属地编码", "村编码", example="990101100201"),
            _code("section", "片编码", required=False, example="P1"),
            Column("valid_from", "设岗日期", Kind.DATE, example="2024-01-01"),
            _ended("撤岗日期"),
            *_HOLDER,
            Column("number", "代表证编号", names=("证件编号", "证书编号"), longest=40, example="LH2024-001",
                   help=N_("填了就用这个编号；留空由系统编号。")),
            Column("elected_on", "推选日期", Kind.DATE, names=("选举日期",), example="2024-01-01"),
            Column("meeting", "推选方式", Kind.CHOICE, names=("会议形式",), choices=MEETINGS,
                   example="院落会（屋场会）"),
            Column("candidate", "人选来源", Kind.CHOICE, names=("候选类型",), choices=CANDIDATES,
                   example="优秀组长和党员"),
            Column("votes", "得票数", Kind.NUMBER, names=("票数",), example="12"),
            Column("signatures", "签名户数", Kind.NUMBER, example="12"),
            Column("led_by", "主持人", names=("主持推选",), longest=60, example="村民小组长", mask="name"),
            Column("oath_on", "宣誓日期", Kind.DATE, example="2024-01-08"),
            Column("term_from", "任期开始", Kind.DATE, names=("任期开始日期",), example="2024-01-01"),
            Column("term_to", "任期最后一天", Kind.LAST, names=("任期届满",), example="2026-12-31"),
        ),
        ("code",),
        note=N_("推选情况写在同一行：推选日期、推选方式、人选来源、任期，得票数或签名户数；留空就不发证。"),
    ),
    Register(
        "organisations", N_("组织"), "组织",
        (
            _code("place", "所属地编码", "村编码", example="990101100201"),
            Column("kind", "组织类别", Kind.CHOICE, required=True, names=("类别",), choices=BODY_KINDS,
                   example="村委会"),
            Column("name", "组织名称", required=True, names=("名称",), longest=80, example="上河村委会"),
            Column("parent", "上级组织", names=("上级组织名称",), longest=80, example="上河村党支部"),
            _code("parent_place", "上级组织所属地编码", required=False, example="990101100201"),
            Column("valid_from", "成立日期", Kind.DATE, example="2024-01-01"),
            _ended("撤销日期"),
            Column("holder", "任职人", names=("姓名", "人员姓名"), example="张小明", mask="name"),
            _PHONE, _HOME,
            Column("title", "职务", names=("组织职务",), longest=40, example="主任"),
            Column("rank", "排序", Kind.NUMBER, example="1"),
            Column("since", "任职日期", Kind.DATE, names=("任期开始",), example="2024-01-05",
                   help=N_("留空用导入时选的日期。")),
            Column("until", "任期最后一天", Kind.LAST, example="2029-01-04"),
        ),
        ("place", "name", "holder", "home"),
        note=N_("每个任职人写一行，同一个组织写几行；还没有人任职的组织写一行，任职人留空。"),
    ),
    Register(
        "circles", N_("联户关系"), "联户关系",
        (
            _code("household", "户编码", "户编号", "家庭编号", example="990101100201Z01-001-001"),
            _code("post", "岗位编码", "代表编号", "联户代表编码", example="990101100201-L001"),
            Column("valid_from", "联系起始日期", Kind.DATE, names=("起始日期",), example="2024-01-01",
                   help=N_("留空用导入时选的日期。")),
            Column("reason", "原因", names=("备注", "理由"), example="熟人推选"),
            _ended("联系结束日期", "结束日期"),
        ),
        ("household", "post"),
        large=True,
        note=N_("一户同一时间只能有一位联户代表；换人从起始日期起，原来的到那天为止。"),
    ),
    Register(
        "nominations", N_("推选意向"), "推选意向",
        (
            _code("household", "户编码", "户编号", example="990101100201Z01-001-001"),
            Column("rank", "顺位", Kind.NUMBER, required=True, names=("第几选择",), example="1"),
            Column("name", "被推选人", required=True, names=("推选人选", "姓名"), example="李大三", mask="name"),
            _code("home", "被推选人户编码", example="990101100201Z01-001-003"),
        ),
        ("household", "rank"),
        large=True,
    ),
)  # fmt: skip

REGISTERS: Mapping[str, Register] = {register.key: register for register in _LIST}
