"""Faults planted on purpose: each must turn its named test red, or the test proves nothing."""
