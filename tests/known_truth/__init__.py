"""What is found again of truths that were planted."""
