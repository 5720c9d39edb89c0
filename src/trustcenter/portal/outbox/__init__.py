"""Mail that waits: queued in the transaction of the event it tells of, sealed, delivered by the application."""
