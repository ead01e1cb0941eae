"""The HTTP kit: who may enter, forms, answers, headers, assets. Knows no room.

网页工具箱：准入、表单、应答、安全头、静态资源。
"""
