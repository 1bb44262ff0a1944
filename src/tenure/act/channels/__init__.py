"""The ways on which messages leave: one protocol, one adapter for each provider."""
