"""What we owe a customer: given back by changes, used up by bills."""
