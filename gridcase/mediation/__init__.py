"""Mediation of a dispute: the parties, the sessions, the agreement, the court's confirmation, the looks afterwards.

调解：当事人、调解经过、协议、司法确认和回访。一件纠纷一次调解；调解不办结事件。
"""
