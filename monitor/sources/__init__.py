"""The world -> feeds, entries and articles."""
