"""The lines that no choice may cross, whatever it is worth, each with a name and a sentence."""
