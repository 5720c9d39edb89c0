"""The reference platform: the service where readers sign in, composed from `trustcenter.runtime`."""
