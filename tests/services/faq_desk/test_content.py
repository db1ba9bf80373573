"""The YAML files: edited entry by entry, everything else byte for byte."""

from pathlib import Path

import pytest

from bot.reference.faq import FAQ_DIRECTORY, load_catalogue
from bot.reference.yaml_files import ReferenceError
from bot.services.faq_desk.content import Content, load_snapshot, read_content, save_snapshot, write_content


def test_every_entry_of_the_real_faq_comes_back_byte_for_byte():
    content = read_content(FAQ_DIRECTORY)
    entries = content.entries()
    some = list(entries)[::12]
    for key in some:
        assert content.with_entry(key, entries[key]).files == content.files, key


def test_the_content_and_the_loader_of_the_assistant_agree():
    assert read_content(FAQ_DIRECTORY).catalogue() == load_catalogue(FAQ_DIRECTORY)


def test_an_edit_touches_only_what_it_changes(content):
    entry = {**content.entries()["duree"], "titre": "Quelle durée ?"}
    after = content.with_entry("duree", entry).files["formation"]
    before = content.files["formation"]
    changed = [(a, b) for a, b in zip(before.splitlines(), after.splitlines()) if a != b]
    assert changed == [("    titre: Durée", "    titre: Quelle durée ?")]
    assert len(before.splitlines()) == len(after.splitlines())


def test_an_added_example_is_one_added_line(content):
    entry = content.entries()["duree"]
    after = content.with_entry("duree", {**entry, "exemples": [*entry["exemples"], "combien de temps"]})
    added = [
        line for line in after.files["formation"].splitlines() if line not in content.files["formation"].splitlines()
    ]
    assert added == ["    - combien de temps"]
    assert "# Relu par la préfecture." in after.files["formation"]


def test_a_field_can_be_added_and_removed(content):
    entry = content.entries()["duree"]
    longer = content.with_entry("duree", {**entry, "evolution": "Depuis 2023, c'est : autre chose."})
    assert longer.entries()["duree"]["evolution"] == "Depuis 2023, c'est : autre chose."
    assert longer.with_entry("duree", entry).files == content.files


def test_a_new_entry_is_written_last_in_its_theme(content):
    entry = {
        "theme": "contrat",
        "titre": "Télétravail : possible ?",
        "reponse": "Oui.\n- un jour ;\n- ou deux.",
        "sources": [{"article": "Le télétravail", "url": "https://exemple.fr/a", "date": "1/2/2025"}],
        "valide_au": "2025-01-02",
        "verifie_le": "2026-11-24",
        "exemples": ["peut-il télétravailler", "travail à la maison ?"],
    }
    after = content.with_entry("teletravail", entry)
    assert after.files["formation"] == content.files["formation"]
    assert after.files["contrat"].startswith(content.files["contrat"])
    assert after.entries()["teletravail"] == entry
    assert after.catalogue().questions["teletravail"].answer == entry["reponse"]


def test_an_entry_can_change_theme(content):
    entry = {**content.entries()["cout"], "theme": "contrat"}
    after = content.with_entry("cout", entry)
    assert after.entries()["cout"] == entry
    assert list(after.entries()) == ["cdi", "cout", "duree"]


def test_a_removed_entry_leaves_the_others_as_they_were(content):
    after = content.without_entry("cout")
    assert list(after.entries()) == ["cdi", "duree"]
    assert content.files["formation"].startswith(after.files["formation"])


def test_the_same_key_in_two_themes_is_refused():
    block = "- intent: faq/a\n  metadata: {titre: T, reponse: R, sources: [{guide: 5}], valide_au: 2022-03-01, verifie_le: 2022-03-01}\n  examples: |\n    - x\n"
    content = Content({"formation": "nlu:\n" + block, "contrat": "nlu:\n" + block})
    with pytest.raises(ReferenceError, match="existe déjà"):
        content.catalogue()


def test_a_snapshot_comes_back_and_a_lost_one_is_said(content, tmp_path: Path):
    version = save_snapshot(content, tmp_path)
    assert load_snapshot(version, tmp_path) == content
    with pytest.raises(ReferenceError, match="n'est plus conservé"):
        load_snapshot("0" * 16, tmp_path)


def test_writing_again_changes_nothing(content, tmp_path: Path):
    write_content(content, tmp_path)
    assert write_content(content, tmp_path) == []
    assert read_content(tmp_path) == content
