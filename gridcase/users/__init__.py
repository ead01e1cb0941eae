"""Accounts, sign-in and sessions that end when they should; scope from posts.

账号：登录、会话、由岗位得出的权限范围。
"""
