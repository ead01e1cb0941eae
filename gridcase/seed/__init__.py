"""Reference data every installation needs, the demo of five places, and bulk data for measuring.

种子数据：目录、演示与压测。
"""
