"""Events as they arrive: kept durably first, sealed into the warehouse by day afterwards."""
