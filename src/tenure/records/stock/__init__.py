"""What offers promise beside a price: how many there are, to whom each is promised, and done."""
