"""The definitions on plain values: what the golden examples say, one idea a file."""
