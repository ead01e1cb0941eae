"""What is counted, once: a number and the rows behind it from one condition, for figures, wall screen and reports.

各项指标只在这里定义一次：一个数，和它背后的一条条记录，出自同一个条件。
"""
