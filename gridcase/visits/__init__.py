"""Visits: a home seen in thirty seconds, a demand raised from it.

走访：三十秒一户，当场收事。
"""
