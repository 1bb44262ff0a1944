"""An order: what a customer bought, at which bill, before and after the money came."""
