"""What other programs were told: the delivery log, and sending again."""
