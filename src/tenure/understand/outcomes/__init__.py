"""An outcome learned from any table of a business: read, checked, fitted, judged, scored."""
