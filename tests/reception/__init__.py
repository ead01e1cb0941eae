"""Tests of the room reception."""
