"""The widget stays light: both files together, as they are served, gzipped."""

import gzip

from bot.channels.widget.assets import read_asset


def test_the_widget_weighs_less_than_30_kilobytes() -> None:
    weight = sum(len(gzip.compress(read_asset(f"cnfs-widget.{kind}")[0], 9)) for kind in ("js", "css"))
    assert weight <= 30_000
