"""Network nodes, incidents and tickets."""
