# Deux commandes suffisent : « make demo » et « make test ». « make » seul affiche l'aide.
.DEFAULT_GOAL := help
.PHONY: help install demo test lint train check chat clean

CNFS := .venv/bin/cnfs
STAMP := .venv/.installed
ASSETS := node_modules/.installed

help: ## Affiche cette aide
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

install: $(STAMP) $(ASSETS) ## Installe tout dans .venv et node_modules (verrouillé)

$(STAMP): uv.lock pyproject.toml scripts/bootstrap.py
	@echo "Installation (quelques minutes la première fois)…"
	@python3 scripts/bootstrap.py
	@touch $@

$(ASSETS): package-lock.json $(STAMP)
	@echo "  fichiers du navigateur (package-lock.json)…"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

demo: install ## Entraîne si besoin, lance tout, affiche les adresses (PORT=8000 RASA_PORT=5005 ACTIONS_PORT=5055 TELEGRAM_PORT=8010)
	@exec $(CNFS) demo

test: install lint train ## Vérifie le style, entraîne si besoin et passe tous les tests
	@.venv/bin/pytest

lint: $(STAMP) ## Style, imports permis entre dossiers
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/lint-imports --no-cache > /tmp/lint-imports.$$$$ 2>&1 || { cat /tmp/lint-imports.$$$$; exit 1; }

train: $(STAMP) ## Entraîne le modèle si le contenu ou le code a changé
	@$(CNFS) faq train

check: $(STAMP) ## Vérifie la cohérence des questions et réponses
	@$(CNFS) faq check

chat: $(STAMP) ## Parle à l'assistant dans le terminal (la démonstration doit tourner)
	@$(CNFS) chat

clean: ## Efface l'environnement, les modèles et la base de démonstration
	rm -rf .venv .tools node_modules models var .rasa
