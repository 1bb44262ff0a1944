"""What really follows when nobody renews: facts with dates, or nothing at all."""
