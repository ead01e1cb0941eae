"""Seasonal checks: what is looked at in which season, by a patrol of the village and at every home when it is visited.

季节排查：什么季节查什么，村里巡查和走访时逐户查共用一份计划。
"""
