"""A message that asks several things is cut where they meet; one that asks one thing is not."""

import pytest

from bot.nlu.segmentation import split_parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "je voudrais connaître le montant de l'aide ainsi que les dates de versement",
            ["je voudrais connaître le montant de l'aide", "les dates de versement"],
        ),
        ("1) durée de la formation 2) qui paie 3) examen", ["durée de la formation", "qui paie", "examen"]),
        ("combien pour un CDI et quand est-ce versé", ["combien pour un CDI", "quand est-ce versé"]),
        ("la tenue est obligatoire ?", []),
        ("Nous sommes une association de 12 salariés et de 3 bénévoles", []),
    ],
)
def test_parts(text, parts):
    assert split_parts(text) == parts
