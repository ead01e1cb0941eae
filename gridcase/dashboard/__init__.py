"""The town's screen: map of open cases and figures that are links.

概况：未办结事件地图与可追溯的数字。
"""
