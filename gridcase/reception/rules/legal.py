"""Questions about the law: which class of questions counts at a legal service point. Pure."""

from __future__ import annotations

INQUIRY = "1001"  # the class of questions about policy and law
HOTLINE = "12348"  # the national line of public legal service
