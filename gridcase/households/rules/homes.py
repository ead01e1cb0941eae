"""What a household is made of. Pure."""

from __future__ import annotations

from gridcase.core.words import N_, Text

RELATIONS: dict[str, Text] = {
    "head": N_("户主"),
    "spouse": N_("配偶"),
    "child": N_("子女"),
    "child_in_law": N_("儿媳或女婿"),
    "parent": N_("父母"),
    "grandchild": N_("孙辈"),
    "grandparent": N_("祖辈"),
    "sibling": N_("兄弟姐妹"),
    "other": N_("其他"),
}
