"""Tell other programs what happened, signed after the Standard Webhooks specification."""
