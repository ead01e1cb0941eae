"""What a reader without the right sees."""

from __future__ import annotations

import pytest

from gridcase.core.masking import mask_address, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张小明", "张*明"), ("欧阳小明", "欧**明"), (" 李四 ", "李*"), ("张", "*"), ("", "")],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("+86 13812345678", "138****5678"),
        ("0915-5212345", "****45"),
        ("12345", "****45"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("江河村三组12号", "江河村三组"),
        ("双乳镇江河村第3组老屋场", "双乳镇江河村第3组"),
        ("江河村张家村民小组5号", "江河村张家村民小组"),
        ("江河村12号", "江河村"),
        ("幸福社区2栋301", "幸福社区"),
        ("组长家对面", "***"),
        ("", ""),
    ],
)
def test_addresses_end_at_the_group(address: str, masked: str) -> None:
    assert mask_address(address) == masked
