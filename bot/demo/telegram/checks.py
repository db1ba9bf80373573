"""The documented limits of what a bot may send."""

from __future__ import annotations

import re
from typing import Any

from bot.demo.telegram.errors import bad_request
from bot.demo.telegram.text_markup import parse_html, trim, units

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_DATA_BYTES = 64
MAX_BUTTONS = 100
MAX_ROW = 8
MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_FILE_BYTES = 50 * 1024 * 1024
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def formatted(parameters: dict[str, Any], field: str, limit: int, empty_allowed: bool) -> dict[str, Any]:
    """`{"text": …, "entities": […]}` of a text or a caption, checked."""
    raw = parameters.get(field)
    if raw is not None and not isinstance(raw, str):
        raw = str(raw)
    mode = parameters.get("parse_mode")
    if mode not in (None, "", "HTML"):
        raise bad_request("unsupported parse_mode")
    text, entities = parse_html(raw or "") if mode == "HTML" else trim(raw or "", [])
    if not text and not empty_allowed:
        raise bad_request("message text is empty")
    if units(text) > limit:
        raise bad_request("message is too long" if field == "text" else "message caption is too long")
    if field == "caption":
        return {"caption": text, "caption_entities": entities} if text else {}
    return {"text": text, **({"entities": entities} if entities else {})}


def keyboard(markup: Any) -> dict[str, Any] | None:
    """An inline keyboard, checked; None for none."""
    if not markup:
        return None
    if not isinstance(markup, dict) or not isinstance(markup.get("inline_keyboard"), list):
        raise bad_request("object expected as reply markup")
    rows = markup["inline_keyboard"]
    count = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        if len(row) > MAX_ROW:
            raise bad_request("REPLY_MARKUP_TOO_LONG")
        for button in row:
            count += 1
            _button(button)
    if count > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    rows = [row for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


def _button(button: Any) -> None:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String and non-empty')
    kinds = [key for key in ("callback_data", "url", "web_app", "switch_inline_query") if key in button]
    if len(kinds) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if kinds == ["callback_data"] and not 1 <= len(str(button["callback_data"]).encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if kinds == ["url"] and not re.match(r"(https?|tg)://", str(button["url"])):
        raise bad_request("BUTTON_URL_INVALID")


def commands(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in value:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return value


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG (the only pictures our bot sends).

    Raises:
        ApiError: not a picture, or one Telegram refuses.
    """
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if len(content) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")
    if not width or not height or width + height > 10000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def webhook_url(url: str) -> None:
    """Real Telegram wants https; the emulator also brings updates to its own machine."""
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def webhook_secret(secret: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
