"""A finished execution's rows, over HTTP, through every transport."""
