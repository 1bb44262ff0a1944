"""One way to tell a comparison, whatever it measures and wherever its numbers came from."""
