"""What keeps the daemon running and watched: time and log lines."""
