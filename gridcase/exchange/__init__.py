"""Lists of other systems in and out: all or nothing, nothing doubled.

数据交换：整表导入导出，不重不漏。
"""
