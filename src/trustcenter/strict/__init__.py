"""Configuration files read strictly: values with the place of each, and errors that say what to write instead."""
