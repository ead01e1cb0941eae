"""Tests of the room of affairs."""
