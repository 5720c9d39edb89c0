"""Answers to a customer's security questionnaire, quoted from claims and written into their own file."""
