"""Articles -> messages: which rules match, what is worth telling, how it reads, and whether it arrived."""
