"""A business built and lived through, day by day, by the real loop in rehearsal time (TOP-10)."""
