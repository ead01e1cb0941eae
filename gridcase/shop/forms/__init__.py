"""Forms of the shop, by thing."""
