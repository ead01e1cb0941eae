"""The phone's door: what a device takes along, hands in afterwards, and gets said about it; its app.

离线同步：手机带走什么、回来交什么、收没收到。
"""
