"""The nomenclature and the list of communes, as they are shipped."""

from pathlib import Path

import pytest

from bot.reference.communes import load_communes
from bot.reference.cra import load_nomenclature, read_nomenclature
from bot.reference.yaml_files import ReferenceError


def test_the_codes_are_those_of_the_official_form():
    nomenclature = load_nomenclature()
    assert list(nomenclature.activites) == ["collectif", "individuel", "ponctuel"]
    assert set(nomenclature.canaux) == {"rattachement", "autre lieu", "distance", "domicile"}
    assert list(nomenclature.ages) == ["moins12ans", "de12a18ans", "de18a35ans", "de35a60ans", "plus60ans"]
    assert set(nomenclature.statuts) == {"etudiant", "sansEmploi", "enEmploi", "retraite", "heterogene"}
    assert len(nomenclature.themes) == 19
    assert len(nomenclature.proposed_themes) == 17
    assert len(nomenclature.organismes) == 20


def test_ages_cover_every_year_once():
    bands = list(load_nomenclature().ages.values())
    assert bands[0].youngest == 0
    assert all(after.youngest == before.oldest + 1 for before, after in zip(bands, bands[1:], strict=False))


def test_a_synonym_means_one_theme_only():
    owners: dict[str, str] = {}
    for theme in load_nomenclature().themes.values():
        for word in (*theme.synonyms, *theme.weak):
            assert owners.setdefault(word, theme.code) == theme.code, f"« {word} » : deux thèmes"


def test_a_code_given_twice_is_refused(tmp_path: Path):
    source = Path("bot/reference/cra.yaml").read_text(encoding="utf-8")
    path = tmp_path / "cra.yaml"
    path.write_text(source.replace("- code: internet", "- code: courriel"), encoding="utf-8")
    with pytest.raises(ReferenceError, match="courriel"):
        read_nomenclature(path)


def test_communes_are_found_whatever_the_spelling():
    communes = load_communes()
    assert len(communes.all) > 34_000
    assert communes.named("RIOM")[0].postal_codes == ("63200",)
    assert communes.named("st etienne")[0].insee == "42218"
    assert [commune.name for commune in communes.at("63000")] == ["Clermont-Ferrand"]
    assert len(communes.named("Saint-Denis")) > 1
    assert communes.named_at("Clermont", "63000")[0].name == "Clermont-Ferrand"
    assert communes.named_at("Riom", "63000") == []


def test_the_light_file_is_made_once_and_says_the_same(tmp_path: Path):
    cache = tmp_path / "cache" / "communes.tsv"
    source = Path("node_modules/@etalab/decoupage-administratif/data/communes.json")
    first = load_communes(source, cache)
    written = cache.stat().st_mtime_ns
    load_communes.cache_clear()
    second = load_communes(source, cache)
    assert cache.stat().st_mtime_ns == written
    assert second.all == first.all
    cache.write_text("# abc\n", encoding="utf-8")
    load_communes.cache_clear()
    assert load_communes(source, cache).all == first.all


def test_a_missing_list_says_what_to_do(tmp_path: Path):
    with pytest.raises(ReferenceError, match="make install"):
        load_communes(tmp_path / "absent.json", tmp_path / "cache.tsv")
