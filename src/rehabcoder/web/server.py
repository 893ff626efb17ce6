"""The page on a port of this machine."""

from __future__ import annotations

import socket
import webbrowser

from rehabcoder.billing.pooling import PolicyOn
from rehabcoder.errors import MissingExtra, UsageError
from rehabcoder.web.app import create_app
from rehabcoder.worklist.store.database import Database

try:
    import uvicorn
except ImportError as error:
    raise MissingExtra("uvicorn", "review", needed_for="The review page") from error

ADDRESS = "127.0.0.1"


def run(database: Database, policy: PolicyOn, *, port: int, open_browser: bool) -> None:
    """Serve until interrupted. Raises: UsageError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except OSError as error:
        raise UsageError(f"port {port} is taken", remedy="Choose another with --port, or 0 for a free one.") from error
    listener.listen(128)  # before the link is shown, so that whoever is quick does not find the door shut
    port = listener.getsockname()[1]
    app = create_app(database, policy, hosts=frozenset({f"{ADDRESS}:{port}", f"localhost:{port}"}))

    def show_link() -> str:
        link = f"http://{ADDRESS}:{port}/enter/{app.sessions.new_link()}"
        print(f"Review page, this link works once: {link}", flush=True)
        return link

    app.on_enter = show_link
    link = show_link()
    if open_browser:
        webbrowser.open(link)
    # Access lines would hold addresses, and so the ids that were searched for.
    settings = uvicorn.Config(app, access_log=False, log_level="warning", server_header=False, lifespan="off")
    uvicorn.Server(settings).run(sockets=[listener])
