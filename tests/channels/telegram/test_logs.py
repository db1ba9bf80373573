"""Whatever a library logs, the token is not in it."""

import io
import logging

from bot.logs import configure_logs

TOKEN = "123:un-jeton"


def test_a_secret_never_appears_even_in_the_text_of_an_exception(monkeypatch):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        configure_logs("json", "telegram", hidden=[TOKEN])
        root.handlers[0].setStream(stream)
        logging.getLogger("telegram").warning("refused %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
        try:
            raise ValueError(f"The token `{TOKEN}` was rejected, at /bot123%3Aun-jeton/getMe")
        except ValueError:
            logging.getLogger("telegram").exception("failed")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert stream.getvalue().count("[secret]") >= 3
    assert "un-jeton" not in stream.getvalue()
