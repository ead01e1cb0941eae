"""Forms of the room: shape only, choices are handed in."""
