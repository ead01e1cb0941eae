"""Writing: proposals made, confirmed, refused; reorganisation."""
