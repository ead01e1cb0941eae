"""The villager's door: the code on the wall that takes a demand, and one's own case by number and code.

群众入口：扫码反映，凭查询码看自己的那一件。
"""
