"""What comes with a term beside its price: earned years, presents, trials, and the way back."""
