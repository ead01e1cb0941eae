"""Telling somebody: the inbox of a post or unit, and what leaves the house.

通知：岗位收件箱与对外发送。
"""
