"""When money that was taken in advance has been earned: by the day, exact to the minor unit."""
