"""What sets the project up and draws its reference pages; no part of the product."""
