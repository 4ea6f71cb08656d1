"""Copies of files, damaged with knowledge of their structure; `python -m fuzz` runs them against every reader."""
