"""What a cell, a line and a chain of terms mean; values in, values out."""
