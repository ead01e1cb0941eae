"""Forms of points, by thing."""
