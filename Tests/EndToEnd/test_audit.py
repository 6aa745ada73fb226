"""`lonja audit` against running services."""

import subprocess

from accounts import new_account
from harness import BINARIES
from trading import filled, place


def audit(exchange, environment=()):
    address = f"127.0.0.1:{exchange.processes[0].rpc}"
    arguments = [] if environment else ["--wallet", address, "--profile", address]
    return subprocess.run([str(BINARIES / "lonja"), "audit", *arguments], env=dict(environment), capture_output=True, text=True, timeout=60)


def psql(exchange, user, statement):
    done = subprocess.run(
        ["psql", "-qAt", "-h", f"{exchange.state}/run", "-U", user, "-c", statement], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_books_are_clean_and_what_is_wrong_is_named(together):
    _, browser = new_account(together)
    bought = filled(browser, place(browser, symbol="AAPL", side="buy", quantity="3").json)
    filled(browser, place(browser, symbol="AAPL", side="sell", quantity="1").json)
    clean = audit(together)
    assert (clean.returncode, clean.stdout) == (0, "0 findings, 0 stuck orders\n"), clean
    client = psql(together, "wallet", f"SELECT client FROM orders WHERE id = '{bought['id']}'")
    wrong = "UPDATE {} SET available = available {} 1 WHERE client = '" + client + "'"
    psql(together, "wallet", wrong.format("positions", "+"))
    psql(together, "profile", wrong.format("balances", "-"))
    try:
        found = audit(together)
    finally:
        psql(together, "wallet", wrong.format("positions", "-"))
        psql(together, "profile", wrong.format("balances", "+"))
    assert found.returncode == 70, found
    lines = found.stdout.splitlines()
    assert lines[-1] == "2 findings, 0 stuck orders"
    assert lines[0].startswith(f"profile\tbalance {client} USD\t") and lines[1].startswith(f"wallet\tposition {client} AAPL\t")
    assert audit(together).returncode == 0


def test_services_apart_and_away(apart):
    done = audit(apart, apart.shared.items())
    assert (done.returncode, done.stdout) == (0, "0 findings, 0 stuck orders\n"), done
    away = audit(apart, {**apart.shared, "LONJA_ADDRESS_WALLET": "127.0.0.1:1"}.items())
    assert away.returncode == 69 and "wallet" in away.stderr, away
