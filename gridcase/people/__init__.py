"""Persons, units and dated posts: who is what, where, from when to when.

人员：个人、单位、有起止日期的岗位。
"""
