"""Numbers of the business with published definitions: declared once, filled by day."""
