"""What the words of a text are: where they begin and end, and which forms stand for one word."""
