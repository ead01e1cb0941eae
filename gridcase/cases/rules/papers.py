"""Photos and papers of a case: what they are, how many, and who opens them."""

from __future__ import annotations

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.files.rules import FileType

MOST_FILES = 30  # of one case
MOST_BYTES = 60 * 1024 * 1024
CAPTION_LENGTH = 60


class PaperKind(Labelled):
    """What a photo or paper is."""

    PHOTO = "photo", N_("现场照片")
    AGREEMENT = "agreement", N_("协议书")
    LETTER = "letter", N_("来信")
    PAPER = "paper", N_("其他材料")

    @property
    def names_reporter(self) -> bool:
        """A letter is signed, and so is an agreement: they open to those who may read who reported."""
        return self in (PaperKind.LETTER, PaperKind.AGREEMENT)


def kind_as_sent(kind: PaperKind, kind_of_file: FileType) -> PaperKind:
    """A PDF that was left at the first choice is no photo."""
    return PaperKind.PAPER if kind is PaperKind.PHOTO and not kind_of_file.is_picture else kind


def quota_refusal(*, files: int, size: int) -> Text | None:
    """Why a case takes no more: counted with what is about to be added."""
    if files > MOST_FILES:
        return N_("一件事最多存 %(n)s 个文件。请只留说明问题的。", n=MOST_FILES)
    if size > MOST_BYTES:
        return N_("一件事的文件合计不能超过 %(n)s MB。请拍照代替大的 PDF。", n=MOST_BYTES // 1024 // 1024)
    return None
