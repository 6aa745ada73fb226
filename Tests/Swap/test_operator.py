"""What an operator does with mail drivers, and sees: whatever is wrong with a new driver, the old one serves on."""

import concurrent.futures
import re
import socket
import struct
import subprocess
import time

import pytest

from ends import KEY
from host import BINARIES, MailHost, fetch
from load import Load

SLOT = "notification.mail"


def send(host, count=5):
    """Sends mails, and waits until they have arrived; gives through which end each came."""
    import asyncio

    load = Load(count, 4, seed=time.time_ns())
    asyncio.run(load.run(host.rpc, lambda _: None))
    assert not load.refused, load.refused
    wanted = set(load.accepted)

    def arrived():
        found = {mail["outboxID"]: mail["via"] for mail in host.ends.mails()}
        return wanted <= set(found) and {found[each] for each in wanted}

    return host.wait_for(arrived, "the mails arrive")


def stays(host, driver, *words, code=None):
    """Swaps to a driver that is no good: refused with these words everywhere, and SendGrid serves on."""
    before = host.slot()
    status, _, complaint = host.swap(driver)
    assert status == (70 if code is None else code), complaint
    for word in words:
        assert word in complaint, f"no {word!r} in: {complaint}"
    after = host.slot()
    assert after["current"] == before["current"] and after["current"]["name"] == "sendgrid"
    assert after["failures"] == before["failures"] + 1
    newest = after["recentFailures"][-1]
    assert newest["driver"] == driver
    for word in words:
        assert word in newest["reason"], newest
    assert f'lonja_driver_swaps_total{{slot="{SLOT}",outcome="failed"}}' in host.metrics()
    assert "driver swap failed, the old one still serves" in host.output
    _, listed, _ = host.command("drivers")
    assert all(word in listed for word in words), listed
    assert send(host) == {"sendgrid"}


def test_a_swap_and_what_is_listed(host):
    assert send(host) == {"sendgrid"}
    code, said, complaint = host.swap("smtp")
    assert code == 0, complaint
    assert re.fullmatch(rf"{SLOT}: sendgrid -> smtp \S+ \(sha256 [0-9a-f]{{12}}\)", said), said
    assert send(host) == {"smtp"}
    code, listed, _ = host.command("drivers")
    assert code == 0
    lines = listed.splitlines()
    assert re.match(rf"{SLOT}  smtp \S+ \(sha256 [0-9a-f]{{12}}\)", lines[0]), listed
    assert re.search(r"since 20\d\d-\S+, 5 calls, 0 under way", listed), listed
    assert re.search(r"before: sendgrid \S+ \(sha256 [0-9a-f]{12}\)", listed), listed
    assert "swaps: 1 done, 0 failed" in listed
    metrics = host.metrics()
    assert re.search(rf'lonja_driver_info{{slot="{SLOT}",driver="smtp",.*}} 1\n', metrics), metrics
    assert re.search(rf'lonja_driver_info{{slot="{SLOT}",driver="sendgrid",.*}} 0\n', metrics)


def test_a_newer_build_of_the_same_driver(host):
    host.swap("smtp")
    old = host.slot()["current"]
    host.install("libSMTPDriver.so", tail=b"a newer build")
    assert host.slot()["current"] == old, "a file alone changes nothing"
    assert send(host) == {"smtp"}
    assert host.swap("smtp")[0] == 0
    slot = host.slot()
    assert slot["current"]["name"] == "smtp" and slot["current"]["sha256"] != old["sha256"]
    assert slot["previous"] == old
    assert send(host) == {"smtp"}
    # The file changes back: its code is still there, and is not loaded twice.
    host.install("libSMTPDriver.so")
    assert host.swap("smtp")[0] == 0
    assert host.slot()["current"] == old


def test_a_newer_build_runs_the_new_code(host):
    """The text of a refusal is another one in the new build: that is what the operator then reads."""
    text = b"give it the name of the mail server"
    library = (BINARIES / "libSMTPDriver.so").read_bytes()
    assert library.count(text) >= 1
    mail = host.ends.settings("sendgrid")
    del mail["smtp"]["host"]
    host.configure(mail)
    stays(host, "smtp", "notification.mail.smtp.host is not set", text.decode())
    draft = host.plugins / ".draft"
    draft.write_bytes(library.replace(text, text.upper()))
    draft.chmod(0o755)
    draft.rename(host.plugins / "libSMTPDriver.so")
    stays(host, "smtp", "notification.mail.smtp.host is not set", text.decode().upper())


@pytest.mark.parametrize(
    "name, code, words",
    [
        ("absent", 70, ["libAbsentDriver.so is in none of"]),
        ("replay", 70, ["libReplayDriver.so is in none of"]),
    ],
)
def test_no_such_driver(host, name, code, words):
    stays(host, name, *words, code=code)


def test_names_that_are_none(host):
    for name in ["../smtp", "SMTP", "a b", "x&slot=y"]:
        code, _, complaint = host.swap(name)
        assert code == 64, complaint
    code, _, complaint = host.command("swap", "no.slot", "smtp")
    assert code == 64 and "notification.mail" in complaint
    assert host.slot()["current"]["name"] == "sendgrid"


def test_wrong_credentials(host):
    host.secrets.joinpath("notification.mail.smtp.password").write_text("wrong-secret")
    stays(host, "smtp", "probe failed", "535")
    assert "wrong-secret" not in host.output and KEY not in host.output and "pass word" not in host.output
    assert "wrong-secret" not in host.command("drivers")[1]


def test_nobody_there(host):
    mail = host.ends.settings("sendgrid")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mail["smtp"]["port"] = free.getsockname()[1]
    host.configure(mail)
    stays(host, "smtp", "probe failed", "connectFailed")


def test_a_foreign_certificate(host):
    mail = host.ends.settings("sendgrid")
    del mail["smtp"]["certificateAuthorities"]
    host.configure(mail)
    stays(host, "smtp", "probe failed", "certificate")


def section(library):
    """Offset and size of .lonja in an ELF file."""
    at, = struct.unpack_from("<Q", library, 0x28)
    size, count, names = struct.unpack_from("<HHH", library, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", library, at + index * size) for index in range(count)]
    texts = headers[names][4]
    for name, _, _, _, offset, length in headers:
        if library[texts + name:].startswith(b".lonja\0"):
            return offset, length
    raise AssertionError("no .lonja")


@pytest.mark.parametrize(
    "offset, bytes_there, words",
    [
        (16, struct.pack("<I", 7), ["ABI major: expected 1, found 7"]),
        (20, struct.pack("<I", 9), ["ABI minor: expected at most 0, found 9"]),
        (24, bytes(32), ["SDK hash: expected", "found " + "0" * 64]),
        (56, b"5.9.2\0", ["compiler: expected", "found 5.9.2"]),
        (88, b"market.quotes\0\0\0\0", ["kind: expected notification.mail, found market.quotes"]),
        (0, b"nonsense", ["is not a stamp"]),
    ],
)
def test_an_abi_mismatch(host, offset, bytes_there, words):
    """A driver that was built with another host, told by its stamp (mesh_abi.h: mesh_stamp_t); nothing of it runs."""
    library = bytearray((BINARIES / "libSMTPDriver.so").read_bytes())
    start, length = section(library)
    assert offset + len(bytes_there) <= length
    library[start + offset:start + offset + len(bytes_there)] = bytes_there
    draft = host.plugins / ".draft"
    draft.write_bytes(library)
    draft.chmod(0o755)
    draft.rename(host.plugins / "libSMTPDriver.so")
    stays(host, "smtp", "libSMTPDriver.so", *words)


@pytest.mark.parametrize(
    "content, mode, words",
    [
        (b"", 0o755, ["is empty"]), (b"no library\n", 0o755, ["is not an ELF file"]), (None, 0o775, ["chmod go-w"]),
        ("half", 0o755, ["cut off"]),
    ],
)
def test_a_broken_file(host, content, mode, words):
    whole = (BINARIES / "libSMTPDriver.so").read_bytes()
    data = whole if content is None else whole[:len(whole) // 2] if content == "half" else content
    draft = host.plugins / ".draft"
    draft.write_bytes(data)
    draft.chmod(mode)
    draft.rename(host.plugins / "libSMTPDriver.so")
    stays(host, "smtp", *words)


def test_a_change_of_the_config_map_swaps(host):
    """The kubelet replaces the link ..data: no file that is named in the configuration changes itself."""
    host.configure(host.ends.settings("smtp"))
    host.wait_for(lambda: host.slot()["current"]["name"] == "smtp", "the swap by configuration")
    assert send(host) == {"smtp"}
    assert '"origin":"configuration"' in host.output
    host.configure(host.ends.settings("sendgrid"))
    host.wait_for(lambda: host.slot()["current"]["name"] == "sendgrid", "the swap back")
    assert send(host) == {"sendgrid"}


def test_a_bad_change_of_the_config_map_and_a_good_one(host):
    mail = host.ends.settings("smtp")
    mail["smtp"]["host"] = "localhost.invalid"
    host.configure(mail)
    slot = host.wait_for(lambda: host.slot()["failures"] and host.slot(), "the failure")
    assert slot["current"]["name"] == "sendgrid" and slot["wanted"] == "smtp"
    assert "localhost.invalid" in slot["recentFailures"][-1]["reason"]
    assert "wanted: smtp" in host.command("drivers")[1]
    assert send(host) == {"sendgrid"}
    # Mending the key of the driver that is wanted is enough.
    host.configure(host.ends.settings("smtp"))
    host.wait_for(lambda: host.slot()["current"]["name"] == "smtp", "the swap")
    assert send(host) == {"smtp"}


def test_a_malformed_change_of_the_config_map(host):
    for text in ["{", "notification: {mail: {driver: [1, 2]}}", "notification: {mail: {drivr: smtp}}"]:
        seen = host.output.count("configuration change refused")
        host.map.write(text)
        host.wait_for(lambda: host.output.count("configuration change refused") > seen, f"the refusal of {text}")
        assert host.slot()["current"]["name"] == "sendgrid"
    assert send(host) == {"sendgrid"}


def test_a_rotated_secret_makes_a_new_driver(host):
    host.swap("smtp")
    swaps = host.slot()["swaps"]
    host.secrets.joinpath("notification.mail.smtp.password").write_text("pass word ")
    host.wait_for(lambda: host.slot()["failures"] or host.slot()["swaps"] > swaps, "a try with the new secret")
    host.secrets.joinpath("notification.mail.smtp.password").write_text("pass word")
    host.wait_for(lambda: host.slot()["swaps"] > swaps, "a driver with the new secret")
    assert send(host) == {"smtp"}


def test_a_refused_driver_does_not_hide_the_one_that_serves(host):
    """After a swap that failed, the keys of the driver that still serves are followed as before."""
    host.secrets.joinpath("notification.mail.smtp.password").write_text("wrong-secret")
    stays(host, "smtp", "535")
    swaps = host.slot()["swaps"]
    mail = host.ends.settings("sendgrid")
    mail["sendgrid"]["url"] += "/"
    host.configure(mail)
    host.wait_for(lambda: host.slot()["swaps"] == swaps + 1, "a driver with the new URL")
    slot = host.slot()
    assert slot["current"]["name"] == "sendgrid" and slot["wanted"] == "smtp" and slot["failures"] == 1
    assert send(host) == {"sendgrid"}
    # And the one that is wanted gets its turn when its password is right.
    host.secrets.joinpath("notification.mail.smtp.password").write_text("pass word")
    host.wait_for(lambda: host.slot()["current"]["name"] == "smtp", "the driver that was wanted")
    assert send(host) == {"smtp"}


def test_a_driver_that_comes_after_the_start(host, ends, postgres):
    (host.plugins / "libOutboxDriver.so").unlink()
    host.process.close()
    host.start()
    stays(host, "outbox", "libOutboxDriver.so is in none of")
    host.install("libOutboxDriver.so")
    assert host.swap("outbox")[0] == 0
    assert host.slot()["current"]["name"] == "outbox"


def test_many_at_once_the_last_wanted_wins(host):
    """Of those that wait only the last is done; who comes too late is told so."""
    wanted = ["smtp", "sendgrid", "outbox"] * 6 + ["smtp"]
    with concurrent.futures.ThreadPoolExecutor(len(wanted)) as pool:
        futures = [pool.submit(host.swap, driver) for driver in wanted[:-1]]
        answers = [future.result() for future in futures]
    assert host.swap(wanted[-1])[0] == 0
    for code, said, complaint in answers:
        assert code == 0 or "a later request wants" in complaint, complaint
    slot = host.slot()
    assert slot["current"]["name"] == "smtp" and slot["failures"] == 0
    assert slot["swaps"] == 1 + sum(code == 0 for code, _, _ in answers)
    assert send(host) == {"smtp"}


def test_who_stops_waiting_stops_nothing(host):
    asking = subprocess.Popen(
        ["curl", "-s", "--unix-socket", host.socket(), "-X", "POST", f"http://x/swap?slot={SLOT}&driver=smtp"],
    )
    time.sleep(0.01)
    asking.kill()
    asking.wait()
    time.sleep(0.5)
    if host.slot()["wanted"] == "smtp":  # it was heard at all
        host.wait_for(lambda: host.slot()["current"]["name"] == "smtp", "the swap goes on")
    assert host.slot()["failures"] == 0
    assert send(host)


def test_a_mail_that_hangs_in_the_old_driver_holds_nobody(host):
    """The old driver is drained beside the new one, and is not closed under the mail."""
    import asyncio

    assert host.swap("smtp")[0] == 0
    load = Load(1, 1, seed=time.time_ns())
    load.requests[0].recipient.email = "silent@example.com"
    asyncio.run(load.run(host.rpc, lambda _: None))
    host.wait_for(lambda: host.slot()["inFlight"] == 1, "the mail is under way")
    begin = time.monotonic()
    code, said, complaint = host.swap("sendgrid")
    assert code == 0 and "1 calls end in the old one" in said, said + complaint
    assert time.monotonic() - begin < 5, "a swap does not wait for the drain"
    assert send(host) == {"sendgrid"}
    draining = host.slot()["draining"]
    assert [(each["driver"]["name"], each["inFlight"]) for each in draining] == [("smtp", 1)]
    assert "draining: smtp" in host.command("drivers")[1]
    # And the slot goes on swapping.
    assert host.swap("smtp")[0] == 0
    assert send(host) == {"smtp"}
    assert host.slot()["abandonedCalls"] == 0


def test_changes_need_the_socket(host):
    answer = fetch(host.process.admin, f"/swap?slot={SLOT}&driver=smtp", method="POST", body=b"")
    assert answer.status == 403
    assert fetch(host.process.admin, "/drivers", method="POST", body=b"").status == 405
    assert host.slot()["current"]["name"] == "sendgrid"


def test_distinct_builds_are_bounded(host):
    """Code is never unloaded, so that a process takes only so many builds; those it knows it takes for ever."""
    refused = None
    for number in range(40):
        host.install("libSMTPDriver.so", tail=f"build {number}".encode())
        code, _, complaint = host.swap("smtp")
        if code:
            refused = (number, complaint)
            break
    assert refused and 28 <= refused[0] <= 32, refused
    assert "32 are the most" in refused[1]
    assert host.slot()["current"]["name"] == "smtp"
    assert host.swap("sendgrid")[0] == 0
    assert send(host) == {"sendgrid"}


def test_a_start_with_a_broken_driver_says_why(ends, postgres):
    with pytest.raises(AssertionError) as failure:
        MailHost(ends, postgres, "SG.wrong-secret")
    text = str(failure.value)
    assert "ended with 69" in text and "SendGrid answers 401" in text and "SG.wrong-secret" not in text, text
