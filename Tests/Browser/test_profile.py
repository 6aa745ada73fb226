"""What a client does with the account: names, photo, address, sessions, file, a new beginning, the end."""

import io
import json
import re

import pytest
from accounts import PASSWORD, new_email
from browsing import api, button, heading, link
from PIL import Image
from playwright.sync_api import expect


@pytest.fixture
def client_of(visit):
    def make(language="en"):
        visitor = visit(language=language)
        visitor.enter()
        page = visitor.open("/profile")
        heading(page, visitor.say.profile.title)
        return visitor, page

    return make


def card(page, title):
    return page.get_by_role("region", name=title, exact=True)


def picture():
    """Left half red, right half blue."""
    image = Image.new("RGB", (900, 600), "red")
    image.paste("blue", (450, 0, 900, 600))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_names_are_changed_and_a_change_elsewhere_is_noticed(client_of, language):
    visitor, page = client_of(language)
    say, data = visitor.say, card(page, visitor.say.profile.data.title)
    data.get_by_label(say.auth.givenName).fill("")
    button(data, say.profile.data.save).click()
    expect(data.get_by_role("alert")).to_contain_text(say.common.form.required.format(say.auth.givenName))
    data.get_by_label(say.auth.givenName).fill("Nuria")
    button(data, say.profile.data.save).click()
    account = api(visitor)
    expect(data.get_by_role("alert")).to_have_count(0)
    page.wait_for_timeout(500)
    profile = account.get("/profile").json
    assert profile["givenName"] == "Nuria"
    elsewhere = account.send("PATCH", "/profile", {"familyName": "Sanz", "version": profile["version"]})
    assert elsewhere.status == 200, elsewhere.body
    data.get_by_label(say.auth.givenName).fill("Julia")
    button(data, say.profile.data.save).click()
    expect(data.get_by_text(say.profile.data.conflict)).to_be_visible()
    assert account.get("/profile").json["givenName"] == "Nuria"


def test_a_square_is_cut_out_of_a_picture(client_of):
    visitor, page = client_of()
    say, photo = visitor.say, card(page, visitor.say.profile.photo.title)
    file = photo.locator("input[type=file]")
    file.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    expect(photo.get_by_role("alert")).to_contain_text(say.profile.photo.broken)
    file.set_input_files({"name": "two.png", "mimeType": "image/png", "buffer": picture()})
    dialog = page.get_by_role("dialog", name=say.profile.photo.crop)
    for name, value in ((say.profile.photo.zoom, "0.5"), (say.profile.photo.horizontal, "1")):
        dialog.get_by_label(name).fill(value)
    button(dialog, say.profile.photo.save).click()
    expect(dialog).to_have_count(0)
    shown = photo.get_by_role("img", name=say.profile.photo.alt)
    expect(shown).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    kept = Image.open(io.BytesIO(api(visitor).get("/profile/photo").body)).convert("RGB")
    assert kept.width == kept.height
    red, _, blue = kept.getpixel((kept.width // 2, kept.height // 2))
    assert blue > 200 > 60 > red, "the right half was kept"
    button(photo, say.profile.photo.remove).click()
    expect(photo.get_by_role("img", name=say.profile.photo.none)).to_be_visible()
    assert api(visitor).get("/profile/photo").status == 404


def test_a_new_address_counts_once_it_is_confirmed(client_of, exchange, language):
    visitor, page = client_of(language)
    say, mail = visitor.say, card(page, visitor.say.profile.email.title)
    address = new_email("nueva")
    mail.get_by_label(say.profile.email.change).fill(address)
    mail.get_by_label(say.profile.email.password).fill("no es la contraseña")
    button(mail, say.profile.email.submit).click()
    expect(mail.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile("/profile$"))
    mail.get_by_label(say.profile.email.password).fill(PASSWORD)
    button(mail, say.profile.email.submit).click()
    expect(mail.get_by_text(say.profile.email.sent.format(address))).to_be_visible()
    expect(mail.get_by_text(visitor.address)).to_be_visible()
    sent = exchange.outbox.to(address)
    page.goto(re.search(r"https?://\S+/verify-email\?token=\S+", sent.text).group())
    button(page, say.auth.verify.submit).click()
    heading(page, say.auth.verify.doneTitle)
    page.goto("/profile")
    expect(card(page, say.profile.email.title).get_by_text(address)).to_be_visible()


def test_a_link_that_was_used_is_explained(visit, exchange, language):
    visitor = visit(language=language)
    say, page = visitor.say, visitor.open("/verify-email?token=not-a-token-that-was-ever-made")
    expect(page).to_have_url(re.compile(r"/verify-email$"))
    button(page, say.auth.verify.submit).click()
    heading(page, say.auth.verify.deadTitle)
    expect(page.get_by_text(say.auth.verify.deadText)).to_be_visible()


def test_a_forgotten_password(visit, exchange, language):
    address, _ = exchange.early.take()
    visitor = visit(language=language)
    say, page = visitor.say, visitor.open("/login")
    link(page, say.auth.login.forgot).click()
    heading(page, say.auth.recover.title)
    page.get_by_label(say.auth.email).fill("no address")
    button(page, say.auth.recover.submit).click()
    expect(page.get_by_role("alert")).to_contain_text(say.common.form.email)
    page.get_by_label(say.auth.email).fill(address)
    button(page, say.auth.recover.submit).click()
    heading(page, say.auth.recover.sentTitle)
    mail = exchange.outbox.to(address)
    page.goto(re.search(r"https?://\S+/reset-password\?token=\S+", mail.text).group())
    expect(page).to_have_url(re.compile(r"/reset-password$"))
    page.get_by_label(say.auth.newPassword).fill("corta")
    button(page, say.auth.reset.submit).click()
    expect(page.get_by_role("alert")).to_contain_text(say.common.form.passwordShort)
    page.get_by_label(say.auth.newPassword).fill("una frase que se recuerda")
    button(page, say.auth.reset.submit).click()
    heading(page, say.auth.reset.doneTitle)
    page.goto("/login")
    visitor.log_in(page, address, "una frase que se recuerda")
    page.wait_for_url("**/wallet")


def test_all_that_is_kept_as_a_file(client_of):
    visitor, page = client_of()
    with page.expect_download() as download:
        button(card(page, visitor.say.profile.export.title), visitor.say.profile.export.submit).click()
    with open(download.value.path()) as file:
        assert visitor.address in json.dumps(json.load(file))


def test_a_new_beginning_is_typed(client_of, language):
    visitor, page = client_of(language)
    say = visitor.say
    button(page, say.profile.reset.open).click()
    dialog = page.get_by_role("dialog", name=say.profile.reset.ask)
    button(dialog, say.profile.reset.submit).click()
    word = dialog.get_by_label(say.profile.reset.type.format(say.profile.reset.word))
    expect(word).to_have_attribute("aria-invalid", "true")
    before = api(visitor).get("/wallet").json
    word.fill(say.profile.reset.word.lower())
    button(dialog, say.profile.reset.submit).click()
    expect(page.get_by_text(say.profile.reset.done)).to_be_visible()
    expect(dialog).to_have_count(0)
    assert api(visitor).get("/wallet").json["account"] == before["account"] + 1


def test_the_end_is_typed_and_is_the_end(client_of, language):
    visitor, page = client_of(language)
    say, account = visitor.say, api(visitor)
    button(page, say.profile.remove.open).click()
    dialog = page.get_by_role("dialog", name=say.profile.remove.ask)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button(page, say.profile.remove.open)).to_be_focused()
    button(page, say.profile.remove.open).click()
    dialog.get_by_role("textbox").fill(say.profile.remove.word)
    button(dialog, say.profile.remove.submit).click()
    page.wait_for_url(f"{visitor.origin}/")
    assert account.get("/profile").status == 401
    page.goto("/login")
    visitor.log_in(page, visitor.address)
    expect(page.get_by_role("alert")).to_be_visible()


def test_how_things_are_shown_is_kept(client_of):
    visitor, page = client_of()
    say = visitor.say
    looks = card(page, say.profile.show.title)
    looks.get_by_role("radio", name=say.common.settings.themes.dark).click()
    looks.get_by_role("radio", name=say.profile.show.palettes["blue-orange"]).click()
    looks.get_by_role("switch", name=say.profile.show.hide).click()
    html = page.locator("html")
    for _ in range(2):
        expect(html).to_have_attribute("data-theme", "dark")
        expect(html).to_have_attribute("data-palette", "blue-orange")
        page.goto("/wallet")
    expect(page.get_by_text(say.common.settings.hidden).first).to_be_attached()
    assert "100,000" not in page.get_by_role("main").inner_text()
    # The theme is in the document as it is sent, so that nothing flashes.
    assert 'data-theme="dark"' in visitor.context.request.get("/wallet").text()
    page.goto("/profile")
    looks.get_by_role("radio", name="Español").click()
    expect(html).to_have_attribute("lang", "es")
    heading(page, "Perfil")
    assert api(visitor).get("/profile").json["language"] == "es"
