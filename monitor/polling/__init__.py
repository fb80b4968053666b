"""How feeds are asked, when, and what is done about those that fail, move, lie or lose entries."""
