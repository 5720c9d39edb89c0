"""The service over TLS: prints its port, then serves until its standard input ends."""

import os
import ssl
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A visitor who hangs up is no news."""


class Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 - the base class names it so
        pass


def main(certificate):
    os.environ["DJANGO_SETTINGS_MODULE"] = "quay.settings"
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
    server.base_environ["HTTPS"] = "on"  # so Django holds forms to what browsers send over TLS
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
