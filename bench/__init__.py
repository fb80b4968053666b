"""Measurements anyone can repeat, as ratios against named peers or limits in the same run."""
