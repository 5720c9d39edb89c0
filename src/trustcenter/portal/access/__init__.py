"""Who may do what: the matrix of roles, roles of people, tokens of the interface, and support access."""
