"""Judging: pure functions of declared controls, recorded populations and a time. No clock, file or socket."""
