"""Planning: cells and circles proposed, previewed, confirmed; reorganisation; coverage.

规划：三级网格和联户圈的建议、预览、确认；调整；覆盖情况。
"""
