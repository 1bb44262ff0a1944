"""What a customer brought from somewhere else, checked and kept for them (WIN-02)."""
