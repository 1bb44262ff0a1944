"""What the work of people changed: customers who were worked on, against those held out."""
