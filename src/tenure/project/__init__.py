"""Django settings, addresses and entry points: machines only."""
