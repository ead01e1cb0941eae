"""Search: one box over cases, homes, people and places, each room asked with the viewer's own scope.

查找：一个框，查事件、户、人员和网格；各室按查找人的工作范围回答。
"""
