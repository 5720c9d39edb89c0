"""The forms that customers send, each read into questions and answered in a copy of itself; one file a format."""
