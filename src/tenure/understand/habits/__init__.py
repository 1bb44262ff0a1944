"""By which way, and at what hour, a person answers: shares drawn towards people alike."""
