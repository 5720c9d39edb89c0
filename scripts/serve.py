"""Shows the built page on loopback and says where the portal is; ends with Ctrl-C."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "build" / "site"


def main() -> int:
    """Serve until interrupted; 2 when nothing was built yet."""
    if not (SITE / "index.html").is_file():
        print("there is no page yet: run `make demo` first", file=sys.stderr)
        return 2
    status = subprocess.run(
        [sys.executable, "-m", "trustcenter.portal", "status", "--state", str(ROOT / "build" / "portal")],
        capture_output=True,
        text=True,
        check=False,
    )
    portal = json.loads(status.stdout or "{}")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(SITE))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(f"page    http://127.0.0.1:{server.server_address[1]}/")
    if portal.get("healthy"):
        print(f"portal  {portal['url']}  (its certificate is signed by build/portal/tls/authority.pem)")
        print("        sign in with build/portal/demo-login.txt")
    else:
        print("portal  not running: `make demo` starts it")
    print("Ctrl-C ends the page; `make stop` ends the portal")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
