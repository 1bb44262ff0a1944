"""An effect in the world: journeys, messages, calls to make."""
