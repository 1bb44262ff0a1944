"""Tell exactly those whom planned work affects: ahead, when it moves, when it is called off."""
