"""The schema's history. Numbered, forward only; each is one transaction."""
