"""Trees -> an index and plans; documents -> the rules that hold, and the words that make them so."""
