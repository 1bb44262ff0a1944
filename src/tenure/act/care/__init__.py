"""Work that a person does for a customer: calls, options, alerts; each with a script."""
