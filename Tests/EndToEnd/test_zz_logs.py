"""Attack 38; runs last: what no log of the whole run may hold."""

from accounts import new_account, secrets_seen


def test_38_no_log_has_a_secret(exchange):
    new_account(exchange)
    logs = exchange.logs
    for path in exchange.state.glob("*.log"):
        logs += path.read_text(errors="replace")
    assert len(logs) > 1000, "the logs are there"
    for path in (exchange.state / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
        assert path.read_text().strip() not in logs, path.name
    seen = secrets_seen()
    assert len(seen) > 100
    found = [secret[:4] + "…" for secret in seen if secret in logs]
    assert not found, f"{len(found)} secrets are in the logs: {found[:5]}"
