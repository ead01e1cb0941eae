"""Cases: collect, dispatch, handle, feed back; deadlines and lights.

事件：收集、派单、办理、反馈，时限与灯号。
"""
