"""Runs the `actions` process: rasa_sdk's server, on the loopback only."""

from __future__ import annotations

from rasa_sdk.endpoint import create_app


def serve(port: int) -> None:
    """Serves every action of `bot.actions` until it is told to stop."""
    app = create_app("bot.actions", cors_origins="")
    # rasa_sdk's own runner listens on every address by default.
    app.run(host="127.0.0.1", port=port, workers=1, access_log=False, motd=False)
