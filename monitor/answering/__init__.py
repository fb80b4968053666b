"""What people say back: buttons under alerts, /wirewatch, and the mutes that come of it."""
