"""Side by side against what users would otherwise pick: the same input, the same answer, alternately timed."""
