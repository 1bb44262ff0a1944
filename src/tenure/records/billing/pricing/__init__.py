"""What a customer pays, by one pure function; the preview, the charge and the invoice share it."""
