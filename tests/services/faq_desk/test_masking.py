"""Personal data is masked; what the question is about stays."""

import pytest

from bot.services.faq_desk.masking import mask

CASES = [
    ("écrivez-moi à jean.dupont@mairie-riom.fr merci", "écrivez-moi à [e-mail] merci"),
    ("mon tel 06 12 34 56 78", "mon tel [téléphone]"),
    ("appelez le 0612345678 ou +33 6 12 34 56 78", "appelez le [téléphone] ou [téléphone]"),
    ("siret 732 829 320 00074 svp", "siret [SIRET] svp"),
    ("73282932000074", "[SIRET]"),
    ("siren 732829320", "siren [SIREN]"),
    ("sécu 1 84 12 76 451 089 46", "sécu [numéro de sécurité sociale]"),
    ("je m'appelle Marie Dupont et je suis maire", "je m'appelle [nom] et je suis maire"),
    ("je m'appelle marie et je voudrais un conseiller", "je m'appelle [nom] et je voudrais un conseiller"),
    ("bonjour, ici Jean-Pierre Martin, combien ?", "bonjour, ici [nom], combien ?"),
    ("Madame Lefèvre n'a pas reçu sa convention", "Madame [nom] n'a pas reçu sa convention"),
    ("dossier 8745213 en attente", "dossier [numéro] en attente"),
    ("12 rue de la République, Riom", "[adresse], Riom"),
]
KEPT = [
    "combien pour un CDI de 18 mois ?",
    "50 000 euros en 3 tranches : 20 %, 30 %, 50 %",
    "formation de 105, 280, 350 ou 420 heures",
    "je suis Maire d'une commune de 1200 habitants",
    "depuis le 01/03/2022 à 63200 Riom",
    "Madame, Monsieur, puis-je renouveler ?",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_personal_data_is_masked(text, expected):
    assert mask(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_names_nobody_is_kept(text):
    assert mask(text) == text
