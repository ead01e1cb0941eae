"""What is due is told, once.

提醒：到期与超期，只提醒一次。
"""
