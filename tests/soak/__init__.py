"""The long tests at their full figures, one line of result each in docs/soak.csv."""
