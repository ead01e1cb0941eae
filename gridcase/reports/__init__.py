"""Reports: forms as data, what they come to for a place and a period, and what was handed up.

报表：报表样式即数据，按地方和时期出数，定稿留底，逐级上报。
"""
