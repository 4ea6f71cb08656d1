"""What is not trained by gradient: means, templates, neighbours, ridge regression, and ensembles of anything."""
