"""The memory: what was seen, judged and told, in SQLite or PostgreSQL. Functions take the transaction."""
