"""One automatic deduction for the next term: its notice, its attempts and what came of it."""
