"""Tables of the room: proposals of cells and circles."""
