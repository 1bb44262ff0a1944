"""A number or a label: features, tags, health, risk of not renewing, metrics, forecast."""
