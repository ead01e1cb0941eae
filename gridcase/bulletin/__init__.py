"""Announcements passed on from door to door: to which homes, until when, and who has been told.

通知传达：传到哪些户、到哪天为止、谁家已经说到。
"""
