"""Second factors in the portal: authenticator apps, recovery codes, passkeys. The policies are in `runtime`."""
