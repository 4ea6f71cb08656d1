"""Every method on every toy shift, beside training on the source alone."""
