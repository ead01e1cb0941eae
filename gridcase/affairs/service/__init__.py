"""Every write of the room, by thing."""
