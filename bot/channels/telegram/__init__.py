"""The Telegram channel: the only place that knows python-telegram-bot."""
