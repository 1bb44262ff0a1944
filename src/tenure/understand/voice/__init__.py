"""What customers say, in their own words: how they feel, what it is about, and what is new in it.

Nothing is downloaded and no segmenter is needed: Chinese is read by its characters, English by its
words. Topics are found, then named by the operator's own list in `topics.toml`.
"""
