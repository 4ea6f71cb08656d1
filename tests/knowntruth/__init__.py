"""Parameters that are known, and how often their intervals hold them."""
