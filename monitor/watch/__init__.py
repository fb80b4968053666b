"""Watching ourselves: what is wrong, until it is mended, and by which ways people hear of it."""
