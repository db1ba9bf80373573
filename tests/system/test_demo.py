"""What `make demo` promises, on the real processes."""

from __future__ import annotations

import os
import subprocess

import httpx

from tests.system.conftest import CNFS, ROOT


def test_health_names_every_dependency(demo):
    body = httpx.get(f"{demo.url}/health", trust_env=False).json()
    assert body == {
        "status": "ok",
        "checks": {"database": True, "rasa": True, "actions": True},
        "messages_waiting": 0,
    }


def test_only_web_may_listen_beyond_the_loopback(demo):
    addresses = demo.listening_addresses()
    assert set(demo.ports.values()) <= set(addresses)
    assert {ip for ips in addresses.values() for ip in ips} == {"127.0.0.1"}


def test_a_rasa_client_gets_the_answer_with_its_source(demo):
    request = {"sender": "client-rasa", "message": "combien de temps dure la formation ?"}
    messages = httpx.post(demo.rest, json=request, trust_env=False, timeout=30).json()
    assert "420 heures" in messages[0]["text"]
    assert "Source : Guide de l'employeur" in messages[0]["text"]


def test_the_gateway_door_of_rasa_wants_its_secret(demo):
    url = f"http://127.0.0.1:{demo.ports['rasa']}/webhooks/cnfs/webhook"
    body = {"sender": "x", "message": "bonjour", "message_id": "1"}
    for headers in ({}, {"X-Cnfs-Secret": ""}, {"X-Cnfs-Secret": "0" * 64}):
        assert httpx.post(url, json=body, headers=headers, trust_env=False).status_code == 403


def test_the_terminal_client_talks_through_the_gateway(demo):
    result = subprocess.run(
        [CNFS, "chat", "--url", demo.url],
        input="combien pour un cdi ?\n",
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=True,
    )
    assert "40 000 €" in result.stdout
    assert "Source : Guide de l'employeur" in result.stdout


def test_the_terminal_client_says_when_nobody_answers():
    result = subprocess.run(
        [CNFS, "chat", "--url", "http://127.0.0.1:9"], capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert result.returncode == 1
    assert "ne répond pas" in result.stderr


def test_a_taken_port_is_a_clear_message(demo):
    ports = ["--port", str(demo.ports["web"]), "--rasa-port", str(demo.ports["rasa"])]
    result = subprocess.run(
        [CNFS, "demo", *ports], capture_output=True, text=True, timeout=120, cwd=ROOT, env={**os.environ, "PORT": ""}
    )
    assert result.returncode == 1
    assert f"Le port {demo.ports['web']}" in result.stderr
    assert "Traceback" not in result.stderr


def test_logs_never_contain_what_people_write(demo, visitor):
    visitor.write("mon-secret-a-ne-pas-journaliser combien pour un cdi ?")
    assert visitor.wait_for_replies(1)
    assert "mon-secret" not in demo.log.read_text(errors="replace")
