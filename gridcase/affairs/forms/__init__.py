"""Forms of the room, by thing."""
