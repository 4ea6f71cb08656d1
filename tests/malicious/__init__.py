"""Files that would do harm if anything in them were run or followed, and a process that watches what reading does."""
