"""gridcase: grid governance for Chinese towns and villages. 乡镇网格化治理系统。"""

__version__ = "0.1.0"
