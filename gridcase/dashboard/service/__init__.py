"""What is written for the town's screen, by thing."""
