"""A business that is alive: what its customers, its network and its staff do on one day."""
