"""The whole picture of a home on one page.

档案：一户一页。
"""
