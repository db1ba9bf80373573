"""Train and compare, with real progress; the gate; publish; try a phrase on both versions."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.access import Refusal, form_value
from bot.console.faq.common import TABS, me, place, read, work, workbench, write
from bot.console.shell import Console, show_duration
from bot.dispositif.comparaison import comparison_from_dict, confusions
from bot.dispositif.personnel import Role
from bot.dispositif.redaction import STAGES, Candidate, CandidateState, time_left
from bot.services.faq_desk import candidates as service
from bot.services.faq_desk.publish import accept_loss, can_swap, publish, recover
from bot.storage.unit_of_work import UnitOfWork

SHOWN = 60


async def start(console: Console, request: Request) -> Response:
    here = place(console)

    def create(uow: UnitOfWork) -> int:
        drafts = uow.faq_drafts.open(me(request))
        return service.create_candidate(uow, here, me(request), drafts, console.clock())

    candidate_id = await write(console, create)
    await work(service.launch, candidate_id, here)
    return console.redirect(f"/faq/candidats/{candidate_id}")


async def show(console: Console, request: Request) -> Response:
    candidate = await _candidate(console, request)
    comparison = comparison_from_dict(candidate.report) if candidate.report else None
    staff = request.state.session.staff
    report: dict[str, Any] = dict(candidate.report or {})
    return console.render(
        request,
        "faq_candidat.html",
        title=f"Candidat {candidate.id}",
        tabs=TABS,
        candidate=candidate,
        comparison=comparison,
        resume=report.get("resume"),
        objections=report.get("objections") or [],
        confusions=confusions(comparison.pairs, 10) if comparison else [],
        shown=SHOWN,
        **_progress(console, candidate),
        may_accept=staff.role is Role.ADMIN and staff.email != candidate.author,
        swaps=await work(can_swap, place(console), candidate.model) if candidate.model else True,
    )


async def state(console: Console, request: Request) -> Response:
    """JSON, asked every second by the page that waits."""
    candidate = await _candidate(console, request)
    return JSONResponse({"etat": candidate.state.value, **_progress(console, candidate)})


async def act(console: Console, request: Request) -> Response:
    action, candidate_id = await form_value(request, "action"), request.path_params["candidate_id"]
    here, staff = place(console), request.state.session.staff
    reason = await form_value(request, "motif", 500)
    if action == "annuler":
        await write(console, service.cancel_candidate, candidate_id, console.clock())
        return console.redirect("/faq/brouillons", "Apprentissage annulé.")
    if action == "accepter":
        if staff.role is not Role.ADMIN:
            raise Refusal("Seul un administrateur peut accepter une perte.", 403)
        await write(console, accept_loss, here, candidate_id, me(request), reason, console.clock())
        return console.redirect(f"/faq/candidats/{candidate_id}", "Perte acceptée : la publication est possible.")
    if action == "publier":
        published = await work(publish, console.engine, here, candidate_id, staff.name, reason, console.clock())
        notice = f"Version {published.id} en ligne."
        if published.git_problem:
            notice += " git a refusé le commit : téléchargez le correctif depuis l'historique."
        return console.redirect("/faq/historique", notice)
    raise Refusal("Action inconnue.", 400)


async def try_out(console: Console, request: Request) -> Response:
    """A private chat: the same phrase to what is live and to the latest candidate."""
    phrase = request.query_params.get("phrase", "").strip()[:1000]
    here, bench = place(console), workbench(console)
    live = await work(here.live)
    recent = await read(console, lambda uow: uow.faq_releases.candidates(20))
    ready = [c for c in recent if c.state is CandidateState.READY and c.model and c.author == me(request)]
    chosen = ready[0] if ready else None
    results = []
    if phrase:
        versions = [("En ligne", live.model, live.faq)]
        if chosen:
            versions.append((f"Candidat {chosen.id}", chosen.model, chosen.faq))
        for name, model, faq in versions:
            results.append((name, await work(bench.try_phrase, phrase, model, faq)))
    return console.render(
        request, "faq_essai.html", title="Essayer une phrase", tabs=TABS, phrase=phrase, results=results, chosen=chosen
    )


async def _candidate(console: Console, request: Request) -> Candidate:
    candidate_id = request.path_params["candidate_id"]

    def find(uow: UnitOfWork) -> Candidate | None:
        service.recover_candidates(uow, console.clock())
        return uow.faq_releases.candidate(candidate_id)

    await work(recover, console.engine, place(console), console.clock())
    candidate = await write(console, find)
    if candidate is None:
        raise Refusal("Ce candidat n'existe pas.", 404)
    return candidate


def _progress(console: Console, candidate: Candidate) -> dict[str, Any]:
    left = time_left(candidate, console.clock())
    return {
        "avancement": round(100 * candidate.progress),
        "etape": STAGES.get(candidate.stage, (candidate.stage, 0))[0],
        "reste": show_duration(left) if left else "",
    }
