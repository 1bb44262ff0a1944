"""The end of everything that a customer had: until when data can be taken out, when it goes."""
