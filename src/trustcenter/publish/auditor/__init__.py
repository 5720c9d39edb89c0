"""The folder for one auditor: everything that was looked at, how, and what was found, readable without this tool."""
