"""Narrow protocols to the outside, and what stands behind them: http, tls, sql, files, process."""
