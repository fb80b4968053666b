"""What people ask on the command line: checks, lists, reports. They know the daemon, nobody knows them."""
