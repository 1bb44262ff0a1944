"""How well each customer is: a score from 0 to 100 with its parts, and since when it is low."""
