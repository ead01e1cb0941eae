"""The states of an import and of its rows, and what is said about them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from gridcase.core.sheets import Limits
from gridcase.core.words import N_, Text


class ImportState(StrEnum):
    """Where a file stands between the upload and its end."""

    MAPPING = "mapping"  # its columns wait to be named
    CHECKING = "checking"
    WRONG = "wrong"
    READY = "ready"  # checked, waits for the confirmation
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"

    @property
    def label(self) -> Text:
        """The word on the page."""
        return _LABELS[self]

    @property
    def running(self) -> bool:
        """Whether a worker has it."""
        return self in (ImportState.CHECKING, ImportState.WRITING)


_LABELS = {
    ImportState.MAPPING: N_("待对应列名"),
    ImportState.CHECKING: N_("检查中"),
    ImportState.WRONG: N_("有错，未导入"),
    ImportState.READY: N_("待确认"),
    ImportState.WRITING: N_("写入中"),
    ImportState.DONE: N_("已导入"),
    ImportState.FAILED: N_("没有导入"),
    ImportState.DROPPED: N_("已放弃"),
}


class RowState(StrEnum):
    """What becomes of a row. `joins`: a new member who is already known as a person."""

    NEW = "new"
    JOINS = "joins"
    CHANGED = "changed"
    ENDED = "ended"
    SAME = "same"
    WRONG = "wrong"
    WRITTEN = "written"


WRITES = (RowState.NEW, RowState.JOINS, RowState.CHANGED, RowState.ENDED)
DATUMS: Mapping[str, Text] = {
    "wgs84": N_("WGS 84（GPS、天地图）"),
    "cgcs2000": N_("CGCS2000（国家 2000）"),
    "gcj02": N_("GCJ-02（高德、腾讯地图）"),
}

CHUNK = 1_000  # rows read, checked and staged at once
AT_ONCE = 2_000  # rows written in one transaction on SQLite; a longer file is written village by village
IN_REQUEST = 300_000  # bytes of a file that is checked while its sender waits
STALE = timedelta(minutes=2)  # a worker not heard of for so long has died
LONGEST = timedelta(hours=1)  # what one transaction over a whole file may take before its worker counts as dead
KEPT = timedelta(hours=24)  # how long a checked file waits for its confirmation
SHOWN_PROBLEMS = 200
WHOLE = Limits(rows=20_000)
LARGE = Limits(rows=400_000, unpacked_bytes=600 * 1024 * 1024, all_characters=200_000_000)

NOT_READY = N_("这次导入不在等待确认，请重新打开页面看看。")
COLUMN_TWICE = N_("同一列只能对应一项，请改选。")
CHANGED_SINCE = N_("检查以后台账有了变化，请看过新的结果再确认。")
BROKEN = N_("写入时出了意外，没有写入的部分都没有改动。请重新导入这个文件，已写入的会算作“相同”。")
NO_RIGHT = N_("现在没有导入的权限了，没有导入任何内容。")
FILE_GONE = N_("上传的文件已经不在了，请重新选择。")
ODD_COLUMNS = N_("有认不出的列，请改用模板的列名，或在网页上对应列名。")
NO_ROWS = N_("表里只有表头，没有要导入的行。")
UNKNOWN = N_("没有这个编码，或不在管理范围内，请核对。")
TAKEN = N_("这个编码不能用，请核对。")
CLOSED = N_("已经停用，请换一个。")
NOT_A_VILLAGE = N_("这里要填村的编码。")
NOT_HERE = N_("这里要填村民小组或三级网格的编码。")
OTHER_VILLAGE = N_("不在同一个村，请核对。")
FOREIGN_HOME = N_("这一户现在在别的村，导入不能把户迁到另一个村。")
BOTH_DEGREES = N_("经度和纬度要一起填。")
WHY_ENDED = N_("填了注销日期，请同时填注销原因。")
ENDS_EARLIER = N_("早于开始日期，请核对。")
NO_MOVE = N_("和台账不同；层级和上级不能用导入改，请在网格的页面调整。")
STARTS_LATER = N_("比台账的启用日期晚；启用日期只能往前改。")
BAD_PARENT = N_("不是上一级的编码，请核对上级和层级。")
NO_COUNTY = N_("县由系统管理员在命令行建立，表里只能写已有的县。")
POST_FIXED = N_("和台账不同；角色和所属地不能改，请撤岗后新设。")
NOT_YOURSELF = N_("不能用导入给自己任职。")
NOT_A_LIAISON = N_("是联户代表的岗位，请写在“联户代表”表里。")
ONLY_LIAISONS = N_("不是联户代表的岗位，请写在“岗位”表里。")
NO_CIRCLE_POST = N_("这个岗位不联系住户，请填联户代表或联系党员的岗位编码。")
NO_PERSON = N_("这一户里没有这个人，请核对姓名和户编码。")
RANKS = N_("顺位请填 1、2 或 3。")
NO_BODY = N_("没有这个组织，请核对名称和所属地编码。")
BODY_LOOP = N_("上级组织不能是它自己或它的下级，请另选。")
BODIES_BELOW = N_("它下面还有组织，请先撤销或改到别处。")
SEAT_INCOMPLETE = N_("填了任职人，请同时填职务。")
SEAT_EMPTY = N_("填了任职情况，请同时填任职人。")
SEAT_EARLIER = N_("不能早于成立的日期。")
TERM_ORDER = N_("任期届满要晚于任期开始。")
NO_HOLDER = N_("这个岗位没有任职人，不能写推选情况。")
ELECTION_PART = N_("写了推选情况，这一项也要填。")
OLD_NUMBER = N_("这个编号已经在另一张代表证上，请换一个编号或留空。")
TWO_HOLDERS = N_("村里有几个同名同电话的人，请填任职人户编码。")


def twice(row: int) -> Text:
    """A row whose key stands in an earlier row too."""
    return N_("和第 %(row)s 行重复，请删去一行。", row=row)


def unlike(row: int) -> Text:
    """Two rows of one thing that say different things of it."""
    return N_("和第 %(row)s 行同一个组织，填的却不一样，请改成一致。", row=row)


def column_missing(header: str, others: str) -> Text:
    """A required column that no header fits."""
    return N_("表里缺少「%(name)s」列，请补上（也可以叫%(others)s）。", name=header, others=others)
