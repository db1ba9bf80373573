"""A small installation: two themes, an archive that is live, a database."""

from __future__ import annotations

import subprocess

import pytest

from bot.services.faq_desk.content import Content, save_snapshot, write_content
from bot.services.faq_desk.place import Place
from bot.services.published_faq import Publication, save_catalogue, set_live

ENTRY = """\
- intent: faq/{key}
  metadata:
    titre: {title}
    # Relu par la préfecture.
    reponse: |-
      Oui. C'est prévu par le guide.
    sources:
    - guide: [5, 7]
      section: Les garanties
    valide_au: 2022-03-01
    verifie_le: 2026-11-24
    voir_aussi: [{other}]
  examples: |
    - {title} un
    - {title} deux
    - {title} trois
    - {title} quatre
    - {title} cinq
"""
HEAD = 'version: "3.1"\n# Les questions du thème.\nnlu:\n'
FORMATION = (
    HEAD
    + ENTRY.format(key="duree", title="Durée", other="cout")
    + "\n"
    + ENTRY.format(key="cout", title="Coût", other="duree")
)
CONTRAT = HEAD + ENTRY.format(key="cdi", title="Contrat", other="duree")


@pytest.fixture
def content() -> Content:
    return Content({"formation": FORMATION, "contrat": CONTRAT})


@pytest.fixture
def place(tmp_path, content) -> Place:
    here = Place(tmp_path)
    here.models.mkdir()
    write_content(content, here.faq)
    (here.models / "ancien.tar.gz").write_bytes(b"ancien")
    faq = save_catalogue(content.catalogue(), here.models)
    set_live(Publication("ancien.tar.gz", faq.name, save_snapshot(content, here.models)), here.models)
    return here


@pytest.fixture
def repository(place):
    """The same installation under git."""
    for command in (
        ["init", "-q", "-b", "main"],
        ["config", "user.name", "Quelqu'un"],
        ["config", "user.email", "quelquun@exemple.fr"],
        ["add", "data"],
        ["commit", "-qm", "Départ"],
    ):
        subprocess.run(["git", "-C", place.root, *command], check=True)
    return Place(place.root, branch="faq")
