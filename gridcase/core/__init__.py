"""The floor every room stands on: settings, database, time, rights, texts.

公共地基：配置、数据库、时间、权限、文字。
"""
