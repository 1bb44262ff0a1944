"""What a customer may use on a day: the plan, the add-ons and what was granted, as one answer."""
