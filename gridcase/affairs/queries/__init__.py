"""Every SELECT of the room, by thing."""
