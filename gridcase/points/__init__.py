"""Points: an append-only ledger in balance, public notice, objection.

积分：只增不改的复式台账、公示与异议。
"""
