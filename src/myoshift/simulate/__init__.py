"""A synthetic source from any motion: muscle paths, inverse dynamics, static optimisation, virtual laboratories."""
