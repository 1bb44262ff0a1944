"""Survey answers and the reasons people give for leaving."""
