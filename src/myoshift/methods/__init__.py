"""One small class per way of training for a laboratory never seen."""
