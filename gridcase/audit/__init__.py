"""Who did what, when, from which post: append-only rows, sealed into the town's chain.

审计：谁在何时以何岗位做了什么，只增不改，逐镇封链。
"""
