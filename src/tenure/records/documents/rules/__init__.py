"""Pure decisions about documents: numbers, taxes, tax ids, capital amounts, lives."""
