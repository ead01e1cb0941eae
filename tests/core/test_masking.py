"""What a reader without the right sees."""

from __future__ import annotations

import pytest

from gridcase.core.masking import mask_address, mask_child, mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张小明", "张*明"), ("欧阳小明", "欧**明"), (" 李四 ", "李*"), ("张", "*"), ("", "")],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_a_child_is_named_by_its_household_only() -> None:
    assert str(mask_child("张小明")) == "某某（户主张*明）"


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
    ("number", "masked"),
    [
        ("610921199001011234", "6109**********1234"),
        ("61092119900101123X", "6109**********123X"),
        ("610921900101123", "6109*******1123"),
        ("6222020402001234", "6222********1234"),
        ("12345678", "********"),
        ("", ""),
    ],
)
def test_identity_numbers_never_show_the_birthday(number: str, masked: str) -> None:
    assert mask_id(number) == masked
    assert "1990" not in masked


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
