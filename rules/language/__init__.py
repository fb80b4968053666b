"""The language: what people write -> trees, or everything in it that is wrong, with its place."""
