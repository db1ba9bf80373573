"""A strict imitation of Telegram's Bot API, and a phone to try the bot without Telegram. Demonstration and tests only."""
