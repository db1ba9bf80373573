"""The `cnfs` command: one file per group of sub-commands."""

import typer

from bot import numerics
from bot.cli import access, chat, conseiller, cra, faq, faq_desk, imports, personnel, servers, subvention, telegram

numerics.apply()

app = typer.Typer(
    help="Assistant Conseiller numérique France Services.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would print what people wrote.
    pretty_exceptions_enable=False,
)
app.add_typer(conseiller.app, name="conseiller")
app.add_typer(faq.app, name="faq")
app.add_typer(access.app, name="acces")
app.add_typer(subvention.app, name="subvention")
app.add_typer(cra.app, name="cra")
app.add_typer(servers.database, name="base")
app.add_typer(personnel.app, name="personnel")
faq.app.command("train")(servers.train_command)
faq_desk.register(faq.app)
app.command("import")(imports.import_command)
app.command("demo")(servers.demo)
app.command("reglages")(servers.settings)
app.command("web")(servers.web)
app.command("rasa")(servers.rasa)
app.command("actions")(servers.actions)
app.command("telegram")(telegram.telegram)
app.command("emulateur")(telegram.emulator)
app.command("chat")(chat.chat)


def main() -> None:
    app()
