"""Settings, read once from the environment; a missing one stops the start with a sentence for the operator."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

from bot.dispositif.comparaison import GateRules
from bot.services.faq_desk.place import Place

DEMO_ORIGINS = ("http://127.0.0.1:8000", "http://localhost:8000", "http://127.0.0.1:8001", "http://localhost:8001")


class SettingsError(RuntimeError):
    """The environment is unusable; the message says which variable and what to write."""


class Settings(BaseSettings):
    """Every setting of the three processes; the README's table is compared with this class by a test."""

    profile: Literal["demo", "production"] = Field("production", description="`demo` ou `production`")
    database_url: str = Field(..., description="Base SQL : `sqlite:///var/cnfs.db` ou `postgresql://…`")
    secret_key: SecretStr = Field(..., description="Clé de signature des jetons, 32 caractères au moins")
    rasa_secret: SecretStr = Field(..., description="Secret partagé entre `web` et `rasa`, 32 caractères au moins")
    rasa_url: str = Field("http://127.0.0.1:5005", description="Adresse du processus `rasa`, sur la boucle locale")
    actions_url: str = Field(
        "http://127.0.0.1:5055", description="Adresse du processus `actions`, sur la boucle locale"
    )
    redis_url: str | None = Field(None, description="Redis, seulement s'il y a plusieurs processus `web`")
    web_host: str = Field("127.0.0.1", description="Adresse d'écoute de `web`, le seul processus exposé")
    web_port: int = Field(8000, description="Port de `web`")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="Adresse publique de `web`, telle que vue du navigateur"
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description="Sites autorisés à afficher le widget, séparés par des virgules"
    )
    privacy_url: str | None = Field(
        None, description="Page « Données personnelles » du site ; à défaut, celle de `web`"
    )
    trusted_proxies: str = Field("127.0.0.1", description="Adresses des mandataires dont on croit `X-Forwarded-For`")
    message_max_characters: int = Field(2000, description="Longueur maximale d'un message")
    messages_per_minute: int = Field(20, description="Messages par minute et par conversation")
    conversations_per_hour: int = Field(60, description="Nouvelles conversations par heure et par adresse IP")
    calls_per_minute: int = Field(600, description="Appels par minute et par adresse IP, tous confondus")
    conversation_days: int = Field(30, description="Durée de vie du jeton d'une conversation, en jours")
    retention_days: int = Field(365, description="Durée de conservation des conversations, en jours")
    cra_draft_days: int = Field(
        30, description="Durée de conservation d'un brouillon de CRA laissé en l'état, en jours"
    )
    access_code_days: int = Field(14, description="Durée de vie d'un code d'accès non utilisé, en jours")
    access_inactivity_minutes: int = Field(
        30, description="Minutes sans message après lesquelles une structure identifiée est déconnectée"
    )
    access_session_hours: int = Field(8, description="Durée maximale d'une session identifiée, en heures")
    identity_key: SecretStr | None = Field(
        None, description="Clé du jeton du site hôte : secret partagé de 32 caractères, ou clé publique PEM"
    )
    identity_audience: str = Field("assistant-cnfs", description="`aud` attendu dans le jeton du site hôte")
    identity_issuer: str | None = Field(None, description="`iss` attendu dans le jeton du site hôte, s'il y en a un")
    identity_max_seconds: int = Field(300, description="Durée de vie maximale admise pour ce jeton, en secondes")
    console_idle_minutes: int = Field(60, description="Consoles : durée d'une session sans activité, en minutes")
    console_session_hours: int = Field(12, description="Consoles : durée maximale d'une session, en heures")
    telegram_token: SecretStr | None = Field(
        None, description="Jeton du bot Telegram (BotFather) ; sans lui, pas de Telegram"
    )
    telegram_bot: str | None = Field(None, description="Nom du bot Telegram, sans @, pour les liens d'invitation")
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="`polling` : le bot va chercher les messages ; `webhook` : Telegram les apporte à `web`"
    )
    telegram_api_url: str | None = Field(
        None, description="Émulateur de Telegram, en démonstration seulement ; à défaut, le vrai Telegram"
    )
    faq_branch: str | None = Field(
        None, description="FAQ : branche git qui reçoit un commit par publication ; vide, un correctif à télécharger"
    )
    faq_total_points: float = Field(0.5, description="FAQ : points perdus sur l'ensemble au-delà desquels on refuse")
    faq_theme_points: float = Field(1.0, description="FAQ : points perdus sur un thème au-delà desquels on refuse")
    faq_refusal_points: float = Field(
        1.0, description="FAQ : hausse des messages réels refusés, en points, au-delà de laquelle on refuse"
    )
    oidc_issuer: str | None = Field(
        None, description="Consoles : fournisseur OpenID Connect (ProConnect) ; vide, mots de passe seulement"
    )
    oidc_client_id: str | None = Field(None, description="Consoles : identifiant donné par ce fournisseur")
    oidc_client_secret: SecretStr | None = Field(None, description="Consoles : secret donné par ce fournisseur")
    support_hours_only: bool = Field(
        True, description="Support : hors horaires, une demande est gardée même si un agent est là"
    )
    support_absent_seconds: int = Field(120, description="Support : un agent parti depuis ce temps rend ses demandes")
    support_alarm_minutes: int = Field(5, description="Support : une demande que personne ne prend déclenche l'alarme")
    support_patience_minutes: int = Field(
        15, description="Support : attente au bout de laquelle une demande est gardée"
    )
    support_silence_minutes: int = Field(20, description="Support : silence de la personne avant l'avertissement")
    log_format: Literal["json", "console"] = Field("json", description="Forme des journaux")

    class Config:
        env_prefix = "CNFS_"
        env_file = ".env"

        @classmethod
        def parse_env_var(cls, field_name: str, raw_value: str) -> object:
            if field_name == "allowed_origins":
                return tuple(origin.strip().rstrip("/") for origin in raw_value.split(",") if origin.strip())
            return cls.json_loads(raw_value)

    @validator("secret_key", "rasa_secret")
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 32:
            raise ValueError("32 caractères au moins ; par exemple le résultat de « openssl rand -hex 32 »")
        return value

    @validator("identity_key")
    def _strong_identity_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("32 caractères au moins, ou une clé publique PEM")
        return value

    @validator("database_url")
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
            raise ValueError("attendu : sqlite:///chemin ou postgresql://…")
        return value

    @validator("telegram_api_url")
    def _only_in_demo(cls, value: str | None, values: dict) -> str | None:
        if value and values.get("profile") != "demo":
            raise ValueError("l'émulateur n'existe qu'avec CNFS_PROFILE=demo : retirez cette variable")
        return value and value.rstrip("/")

    @validator("telegram_mode")
    def _reachable(cls, value: str, values: dict) -> str:
        local = values.get("profile") == "demo"
        if value == "webhook" and not local and not str(values.get("public_url", "")).startswith("https://"):
            raise ValueError("le mode webhook demande une adresse publique en https (CNFS_PUBLIC_URL)")
        return value

    @validator("allowed_origins", always=True)
    def _origins(cls, value: tuple[str, ...], values: dict) -> tuple[str, ...]:
        if "*" in value:
            raise ValueError("« * » n'est pas admis : nommez chaque site, par exemple https://www.exemple.gouv.fr")
        if not value and values.get("profile") == "demo":
            return DEMO_ORIGINS
        return value

    @validator("oidc_client_secret", always=True)
    def _whole_oidc(cls, value: SecretStr | None, values: dict) -> SecretStr | None:
        if values.get("oidc_issuer") and not (value and values.get("oidc_client_id")):
            raise ValueError("avec CNFS_OIDC_ISSUER, il faut aussi CNFS_OIDC_CLIENT_ID et CNFS_OIDC_CLIENT_SECRET")
        return value

    @property
    def is_demo(self) -> bool:
        return self.profile == "demo"

    @property
    def database_path(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url[len(prefix) :]) if self.database_url.startswith(prefix) else None


def read_settings(**overrides: object) -> Settings:
    """Reads the environment (and `.env`).

    Raises:
        SettingsError: a variable is missing or wrong; the message names it, in French.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [
            f"  CNFS_{str(item['loc'][0]).upper()} : "
            + ("manque" if item["type"] == "value_error.missing" else item["msg"])
            + f" ({Settings.__fields__[str(item['loc'][0])].field_info.description})."
            for item in error.errors()
        ]
        message = "Configuration incomplète, rien n'a démarré :\n" + "\n".join(lines)
        raise SettingsError(message + "\nVoir le tableau des réglages dans docs/exploitation.md.") from None


def faq_place(settings: Settings, root: Path) -> Place:
    """Where the FAQ of this installation lives, and how its publications are judged."""
    rules = GateRules(settings.faq_total_points, settings.faq_theme_points, refusal_points=settings.faq_refusal_points)
    return Place(root, rules, settings.faq_branch or None)


def settings_table() -> str:
    """Every setting as a Markdown table: variable, default, meaning. Secrets have no default to show."""
    lines = ["| variable | par défaut | rôle |", "|---|---|---|"]
    for name, field in Settings.__fields__.items():
        if field.required:
            default = "**à donner**"
        elif field.default in (None, ()):
            default = "–"
        else:
            default = f"`{field.default}`"
        lines.append(f"| `CNFS_{name.upper()}` | {default} | {field.field_info.description} |")
    return "\n".join(lines) + "\n"
