"""The same definitions on everyone at once: tables in, one table out."""
