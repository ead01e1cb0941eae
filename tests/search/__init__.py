"""One box over cases, homes, people and places."""
