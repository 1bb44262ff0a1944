"""Other systems' files, read into the records: a mapping says which column is what."""
