"""The words of the commands of the walk. Everything is in lower case, without accents or apostrophes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

FUZZY_MIN_LENGTH = 5
FUZZY_SCORE = 84


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NUMBERS: Mapping[str, int] = {
    name: value
    for value, names in enumerate(
        [
            "zero",
            "un une",
            "deux",
            "trois",
            "quatre",
            "cinq",
            "six",
            "sept",
            "huit",
            "neuf",
            "dix",
            "onze",
            "douze",
            "treize",
            "quatorze",
            "quinze",
            "seize",
        ]
    )
    for name in names.split()
}
ORDINALS: Mapping[str, int] = {
    "premier": 1,
    "premiere": 1,
    "deuxieme": 2,
    "second": 2,
    "seconde": 2,
    "troisieme": 3,
    "quatrieme": 4,
    "cinquieme": 5,
    "sixieme": 6,
    "septieme": 7,
    "huitieme": 8,
    "neuvieme": 9,
    "dixieme": 10,
    "douzieme": 12,
    "avant derniere": 7,
    "derniere": 8,
    "dernier": 8,
    "ultime": 8,
}

# How people shorten words when they type fast.
SMS: Mapping[str, str] = {
    "c": "c est",
    "cest": "c est",
    "sest": "c est",
    "g": "j ai",
    "jai": "j ai",
    "jen": "j en",
    "jsui": "je suis",
    "jsuis": "je suis",
    "chui": "je suis",
    "sui": "suis",
    "koi": "quoi",
    "kwa": "quoi",
    "ki": "qui",
    "ke": "que",
    "kel": "quel",
    "kels": "quels",
    "kelle": "quelle",
    "keske": "qu est ce que",
    "kesk": "qu est ce qu",
    "ske": "ce que",
    "pr": "pour",
    "ds": "dans",
    "cb": "combien",
    "cmb": "combien",
    "tps": "temps",
    "tmps": "temps",
    "tem": "temps",
    "doc": "document",
    "docs": "documents",
    "pieces": "pieces",
    "suiv": "suivante",
    "svt": "suivante",
    "svte": "suivante",
    "suivt": "suivante",
    "prec": "precedente",
    "preced": "precedente",
    "apre": "apres",
    "ap": "apres",
    "fé": "fait",
    "fe": "fait",
    "fai": "fait",
    "fais": "fait",
    "fet": "fait",
    "fete": "faite",
    "tte": "toute",
    "ttes": "toutes",
    "tt": "tout",
    "mtn": "maintenant",
    "dc": "donc",
    "jveu": "je veux",
    "jveux": "je veux",
    "jvoudrais": "je voudrais",
    "jpeu": "je peux",
    "fo": "faut",
    "dwa": "dois",
    "doi": "dois",
    "ya": "y a",
    "et1": "etape 1",
    "next": "suivant",
    "back": "retour",
    "skip": "passer",
    "done": "fait",
    "ok": "ok",
    "resum": "resume",
    "recapitulatif": "recap",
}

# Words that change nothing to what is asked.
NEUTRAL = _words(
    "le la les l un une des du de d au aux ce cet cette ces cela ceci ca y t s se sa son mes mon ma nos notre vos votre "
    "je j tu vous nous on me m moi te toi c n ne "
    "et alors donc puis ok okay accord oui ouais bien voila maintenant bas hop allez allons du coup bref genre hein euh heu "
    "ben bah svp stp plait merci please bonjour salut bonsoir hello bjr slt monsieur madame assistant robot "
    "veux voudrais voudrait aimerais aimerait souhaite souhaiterais souhaitons peux peut pouvez pourriez pourrais pouvons "
    "voulons besoin ai as avons avez avoir vais va aller go "
    "montre montrez montrer affiche affichez afficher donne donnez donner dis dites dire voir vois lire ouvre ouvrir "
    "que qu quel quelle quels quelles pour par dans sur lequel laquelle celle celui celles "
    "juste simplement vite aussi toujours vraiment enfin rapidement concernant partie page chez si possible direct "
    "directement concerne propos depuis"
)

# Words that mean something here. Whatever is in neither list belongs to another subject.
KNOWN = _words(
    "a est en suis sommes sont etes ou qui quoi comment pas encore tout toute toutes tous plus moins 8 huit "
    "etape etapes parcours pasapas phase phases demarche demarches marche suivre "
    "suivant suivante suivants suivantes suite apres ensuite avance avancer avancez avancons continue continuer continuez "
    "continuons prochain prochaine poursuivre poursuivons poursuis loin "
    "precedent precedente precedents avant retour revenir reviens revenez revenons retourner retourne retournons arriere "
    "reculer recule remonter remonte dapres "
    "passer passe passez passons sauter saute sautez sautons ignorer ignore ignorez zapper zappe laisser laisse tomber tard "
    "fait faite faites faits fini finie finir finis finies termine terminee terminer terminees valide validee valider "
    "boucle bouclee regle reglee accompli accomplie bon bonne coche cochee cocher reussi clos close cloture effectue effectuee "
    "realise realisee deja nickel nickelle achevee acheve "
    "rendu rendus rendue arrive arrivee arrives arrivons situation progression progres avancement avancee reste restent "
    "rester bilan point position stade "
    "resume resumer resumez recap recapitule recapituler recapitulez liste lister listez enumere sommaire plan ensemble vue "
    "rappelle rappeler rappel cite citez presente presenter grandes lignes global globale "
    "document documents papier papiers piece pieces justificatif justificatifs fournir formulaire formulaires "
    "temps delai delais duree dure durer duree quand combien longtemps long longue echeance echeances date dates limite limites "
    "jours semaines mois retard prend prendre calendrier planning deadline "
    "outil outils conseil conseils astuce astuces recommandation recommandations recommandez "
    "acteur acteurs agit occupe intervient responsable doit dois faut faudra devons devez faire "
    "lien liens site sites adresse url internet "
    "arreter arrete arretez arretons stop quitter quitte sortir sors annuler annule abandonner abandonne pause ferme fermer "
    "recommencer recommence recommencez zero debut remettre reinitialiser reprendre reprends reprenons reprenez "
    "commencer commence commencez commencons demarrer demarre demarrez demarrons debuter debute debutons lancer lance lancez "
    "lancons parti partie partis guide guidez guider accompagne accompagnez accompagner entamer entame attaque attaquer "
    "attaquons "
    "detail details detaille detailler detaillez savoir explique expliquez expliquer precision precisions preciser precise "
    "consiste repete repeter repetez redis redire exactement concretement "
    "vers jusqu jusque"
)

# Names of steps, read only after the word « étape »; a word may name two of them.
STEP_WORDS: Mapping[str, tuple[int, ...]] = {
    "candidature": (1,),
    "inscription": (1, 5),
    "concertation": (1,),
    "candidat": (2,),
    "candidats": (2,),
    "cv": (2,),
    "entretien": (3,),
    "entretiens": (3,),
    "subvention": (4,),
    "organisme": (5,),
    "formation": (5, 7),
    "signature": (6,),
    "signatures": (6,),
    "contrat": (6,),
    "convention": (6,),
    "accueil": (7,),
    "suivi": (8,),
    "versement": (8,),
    "versements": (8,),
}
# Words too near to those of other subjects (« appel », « partiel », « rendre ») to be guessed from a misspelling.
_EXACT = frozenset({"rappel", "parti", "partie", "partis", "prendre", "point", "semaines"})
LONG_WORDS = tuple(
    sorted(
        word for word in KNOWN | NEUTRAL | frozenset(STEP_WORDS) if len(word) >= FUZZY_MIN_LENGTH and word not in _EXACT
    )
)

_DID = (
    r"\b(faites?|faits?|finie?s?|terminee?s?|valide|validee|valider|bouclee?|reglee?|accomplie?|cochee?|cocher|reussi|close?|"
    r"cloture|effectuee?|realisee?|achevee?|nickel|finir|terminer)\b"
)
# What is asked, by the first pattern found; keys are the values of `Verb`.
VERBS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "stop": r"^(?!.*\b(combien|quand|qui)\b).*\b(arreter|arretez?|arretons|stop|quitter|quitte|sortir|sors|annuler|annule|abandonner|abandonne|pause|"
        r"ferme|fermer)\b",
        "restart": r"\b(recommencer?|recommencez|reinitialiser|reprendre|reprenons|reprends|repartir)\b.*\b(zero|debut)\b|"
        r"\bremettre\b.*\bzero\b|^(re)?commencer?z?\b.*\bzero\b|^recommencer?( parcours)?$",
        "not_done": rf"\bpas\b.*{_DID}|{_DID}.*\bpas\b|^pas( encore)?( tout)?$|\bpas encore\b|\bencore pas\b",
        "at": r"^(?!.*\bou\b).*\b(en (suis|est|sommes|sont)|rendue?s?|arrive[es]?|arrivons)\b",
        "documents": r"\b(documents?|papiers?|pieces?|justificatifs?|fournir|formulaires?)\b",
        "delays": r"\b(temps|delais?|duree|durer?|quand|longtemps|long|longue|echeances?|dates?|retard|limites?|calendrier|planning|"
        r"deadline)\b|\bcombien\b.*\b(jours|semaines|mois)\b",
        "tools": r"\boutils?\b",
        "advice": r"\b(conseils?|astuces?|recommandations?|recommandez)\b",
        "actors": r"^(?!.*\breste).*\b(acteurs?|responsable|intervient|occupe|agit|qui)\b",
        "links": r"\b(liens?|sites?|adresse|url|internet)\b",
        "position": r"\bou\b.*\b(en (suis|est|sommes|sont)|rendue?s?|arrive[es]?|suis|sommes)\b|\b(en )?(suis|est|sommes) ou\b|"
        r"\b(progression|progres|avancement|avancee|bilan|situation|position|stade)\b|\bou en etape|\ben ou\b|"
        r"\breste(nt|r)?\b|\bpoint\b|^a etape .*\b(suis|sommes|est)\b|^a etape en\b|\b(suis|sommes|est) a etape\b",
        "overview": r"\b(resumer?z?|recap\w*|liste[rz]?|enumere|sommaire|plan|rappel\w*|citez?|presenter?|vue|lignes)\b"
        r"(?!.*\betape\b)|\b(toutes|tout|huit|8)\b.*\betapes\b|^etapes$|^etapes parcours$|\bsont etapes\b",
        "todo": r"\bquoi\b.*\b(faits?|faire|faites)\b|\b(faits?|faites|faire|faut|dois|doit|devons)\b.*\bquoi\b|"
        r"^(?!.*\bcombien\b).*\b(faire|faut|faudra|dois|doit|devons)\b|\bcomment\b|\b(repeter?z?|redis|redire)\b|^est quoi$|"
        r"^(reprendre|reprends|reprenons|reprenez)( parcours| etape)?$|\bconsiste\b|"
        r"\b(resumer?z?|recap\w*|rappel\w*|presenter?)\b.*\betape\b",
        "done": rf"{_DID}|\best (tout )?bon(ne)?\b|^deja$",
        "next": r"^(?!.*\b(semaines?|mois|jours)\b).*\b(suivante?s?|suite|apres|ensuite|avancer?z?|avancons|continuer?z?|continuons|prochaine?|poursuivre|poursuivons|"
        r"poursuis)\b|\bplus loin\b|\best quoi (apres|ensuite)\b",
        "previous": r"\b(precedente?s?|avant|retour|revenir|reviens|revenez|revenons|retourner?|retournons|arriere|reculer?|"
        r"remonter?)\b",
        "skip": r"\b(passer?z?|passons|sauter?z?|sautons|ignorer?z?|zapper?|tomber)\b|\bplus tard\b",
        "start": r"\b(commencer?z?|commencons|demarrer?z?|demarrons|debuter?|debutons|lancer?z?|lancons|guider?z?|guide|"
        r"accompagner?z?|entamer?|attaquer?|attaquons|pasapas)\b|\best parti\b|^parti$",
        "details": r"\b(details?|detailler?z?|savoir|expliquer?z?|precisions?|preciser?|concretement)\b|\bplus\b",
    }.items()
}


def flatten(text: str) -> str:
    """Lower case, no accent, words separated by one space; « pas à pas » is one word."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = re.sub(r"(?<![a-z0-9])-(?=\d)", " moins ", plain.replace("œ", "oe"))
    plain = " ".join(re.findall(r"[a-z0-9]+", plain))
    plain = re.sub(r"\b(etapes?)(\d)", r"\1 \2", plain)
    # « il » here is nobody; elsewhere it is the conseiller, and the sentence is not a command.
    plain = re.sub(
        r"\b(faut|reste|restent|agit|a|faudra) (?:t )?il\b|\bil (?=faut|reste|y a|faudra|nous|me|manque)", r"\1 ", plain
    )
    plain = re.sub(r"\bs il (vous|te|v) (plait|plai|p)\b", "svp", plain).replace("tout a fait", "oui")
    plain = " ".join(plain.split())
    return re.sub(r"\bpas (a|par) pas\b|\betape par etape\b", "pasapas", plain)
