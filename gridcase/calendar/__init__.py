"""Holidays and make-up workdays: the table every deadline is computed from.

日历：节假日与调休。
"""
