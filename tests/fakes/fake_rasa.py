"""A twenty-line Rasa: answers the gateway's requests with an echo, slowly or not at all when told to."""

from __future__ import annotations

import asyncio
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

EXTRAS = {
    "title": "Votre subvention",
    "table": {
        "caption": "Versements prévus",
        "headers": ["Tranche", "Date", "Montant"],
        "rows": [
            ["1", "4 mai 2022", "8 000 €"],
            ["2", "4 octobre 2022", "12 000 €"],
            ["<b>3</b>", "4 avril 2023", "20 000 €"],
        ],
    },
    "progress": {
        "label": "Étape 3 sur 8",
        "steps": [
            {"title": "S'inscrire", "state": "done"},
            {"title": "Trouver des candidats", "state": "skipped"},
            {"title": "Mener les entretiens", "state": "current"},
            {"title": "Demander la subvention", "state": "late"},
            {"title": "Former", "state": "todo"},
        ],
    },
    "bars": {
        "caption": "Accompagnements par mois",
        "unit": "",
        "rows": [{"label": "Mars", "value": 12}, {"label": "Avril", "value": 5}],
    },
    "attachments": [
        {"title": "Calendrier des versements", "filename": "versements.ics", "kind": "x", "data": {"secret": 1}}
    ],
}


def create_fake_rasa(delay: float = 0.0) -> Starlette:
    """Echoes each message; « boutons » gives buttons, « crash » fails, « lent » takes three seconds, « dessins » draws,
    « un humain pour … » hands over."""

    async def webhook(request: Request) -> Response:
        body = await request.json()
        text = body["message"]
        app.state.received.append((body["sender"], body["message_id"], text))
        await asyncio.sleep(3 if "lent" in text else delay)
        if "crash" in text:
            return JSONResponse({"error": "boom"}, status_code=500)
        reply = {"recipient_id": body["sender"], "text": f"Vous avez écrit : {text}"}
        if "boutons" in text:
            reply["text"] = "Vouliez-vous dire :\n- une liste\n- et un [lien](https://www.exemple.fr)"
            reply["buttons"] = [
                {"title": "Durée de la formation", "payload": '/faq{"cle": "formation_duree"}'},
                {"title": "Quand la subvention est-elle versée ?", "payload": '/faq{"cle": "versement_calendrier"}'},
            ]
        if "réponse" in text:
            reply["question"] = "formation_duree"
            reply["source"] = "Guide de l'employeur (2022), p. 11"
        if app.state.next:
            reply, app.state.next = {**reply, **app.state.next}, None
        if text.startswith("un humain pour "):
            reply["handover"] = {"trigger": "asked", "subject": text.removeprefix("un humain pour ")}
        if "dessins" in text:
            reply |= EXTRAS
        return JSONResponse([reply])

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    app = Starlette(
        routes=[
            Route("/webhooks/cnfs/webhook", webhook, methods=["POST"]),
            Route("/webhooks/cnfs/", health),
            Route("/health", health),
        ]
    )
    app.state.received = []
    # What the next reply says instead, for tests of what an activity would send.
    app.state.next = None
    return app


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(create_fake_rasa(), port=int(os.environ.get("PORT", "5005")), log_level="warning", ws="none")
