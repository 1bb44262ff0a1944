"""What comes with plans, seen by its use: what lies idle, and what each benefit goes with."""
