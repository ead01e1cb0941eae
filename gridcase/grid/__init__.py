"""The tree of places: county, town, village (level 1), group (2), cell (3); sections as an overlay; outlines.

网格：县镇村组格与分片。
"""
