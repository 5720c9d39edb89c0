"""The ledger's place outside of this machine: a bucket or a git branch, written under conditions, never by force."""
