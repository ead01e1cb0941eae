"""Households, members, care tiers and liaison circles of about 15 homes.

户：家庭、成员、关爱分级与联户圈。
"""
