"""Writing: the calendar with its deadlines, the settings of a county, the digests."""
