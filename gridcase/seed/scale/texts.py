"""What invented cases say: a few words often, most of them hardly ever, as texts have them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from gridcase.seed.places import chance


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# Invented, the first the most frequent; what follows them comes from `coined`.
THINGS = _list(
    "路灯 井盖 水管 村道 垃圾 水渠 围墙 电线 厕所 桥面 护栏 污水 噪音 停电 停水 狗叫 滑坡 树枝 "
    "广播 宽带 补贴 医保 社保 低保 欠薪 宅基 边界 排水 粪池 公交 校车 健身器 摄像头 化粪池 蓄水池 变压器"
)
TROUBLES = _list("坏了 堵塞 破损 不亮 漏水 没人管 占用 塌陷 松动 丢失 倒了 太吵 缺失 积水 发臭 断了 开裂")
SPOTS = _list("村口 桥头 学校门口 祠堂旁 晒谷坪 老井边 后山 卫生室 小卖部 文化广场 河堤上 水库边 岔路口")
NAMES = ("王建国", "李秀英", "张志强", "刘桂兰")
_SIGNS = (
    "东西南北上下前后大小新老石竹松柏杨柳桃李梅杏枫樟桂兰菊荷莲塘坝湾坪冲坳岭坡沟垄洞溪江河湖泉井"
    "田园林场庄屋院祠庙亭台楼阁寨堡关口渡埠"
)


def coined() -> list[str]:
    """Ten thousand names of hamlets and things that nobody has, of two to four characters; always the same."""
    rng = chance("coined")
    return ["".join(rng.choices(_SIGNS, k=rng.choice((2, 3, 3, 4)))) for _ in range(10_000)]


def skewed(rng: Random, words: Sequence[str]) -> str:
    """A few words often, most of them hardly ever."""
    return words[min(int(len(words) * rng.random() ** 3), len(words) - 1)]


def said(rng: Random, names: Sequence[str], place: str) -> tuple[str, str]:
    """The title and the text of a case at a place."""
    thing, trouble, spot = skewed(rng, THINGS), skewed(rng, TROUBLES), skewed(rng, SPOTS)
    near, also = skewed(rng, names), skewed(rng, names)
    words = f"{place}{near}附近的{thing}{trouble}，{also}那边也这样，已经{rng.randint(2, 40)}天，请看看。"
    return f"{near}{spot}{thing}{trouble}", words
