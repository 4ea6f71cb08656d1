"""A little labelled data of the target makes a model its own: amplitude units, delays, heads. Fitted and applied."""
