"""On a machine of one's own a first visit is led to the first share, with nothing read but the guide."""

from accounts import PASSWORD, new_email
from browsing import button, heading, link
from playwright.sync_api import expect


def test_the_guide_leads_to_the_first_share(visit, language):
    visitor = visit(language=language, guide=True)
    say, address = visitor.say, new_email("primera")
    steps, page = say.common.guide.steps, visitor.open("/")
    guide = page.get_by_role("region", name=say.common.guide.title, exact=True)
    expect(guide).to_contain_text(steps.register.title)
    link(guide, steps.register.action).click()
    heading(page, say.auth.register.title)
    for label, text in (
        (say.auth.givenName, "Eva"),
        (say.auth.familyName, "Gil"),
        (say.auth.email, address),
        (say.auth.newPassword, PASSWORD),
    ):
        page.get_by_label(label).fill(text)
    button(page, say.auth.register.submit).click()
    expect(guide).to_contain_text(steps.confirm.title)
    visitor.exchange.outbox.to(address)
    with visitor.context.expect_page() as opened:
        link(guide, steps.confirm.action).click()
    mails = opened.value
    mails.get_by_role("listitem").filter(has_text=address).get_by_role("link").click()
    with visitor.context.expect_page() as opened:
        mails.locator("pre").get_by_role("link").first.click()
    confirming = opened.value
    button(confirming, say.auth.verify.submit).click()
    heading(confirming, say.auth.verify.doneTitle)
    # The tab that was left behind has heard of it.
    expect(guide).to_contain_text(steps.login.title)
    link(guide, steps.login.action).click()
    visitor.log_in(page, address)
    page.wait_for_url("**/wallet")
    expect(guide).to_contain_text(steps.buy.title)
    link(guide, steps.buy.action).click()
    page.locator("tbody").get_by_role("link").first.click()
    page.get_by_label(say.ticket.amount.format("USD")).fill("500")
    button(page, say.ticket.review).click()
    page.wait_for_url("**/review")
    button(page, say.ticket.place.buy).click()
    heading(page, say.ticket.doneTitle.filled)
    expect(guide).to_contain_text(steps.done.title)
    button(guide, say.common.guide.close).click()
    expect(guide).to_have_count(0)
    page.reload()
    page.wait_for_timeout(500)
    expect(guide).to_have_count(0)


def test_who_knows_the_way_has_no_guide(visit, holder_of_little):
    visitor = visit(guide=True)
    visitor.enter(holder_of_little)
    page = visitor.open("/wallet")
    heading(page, visitor.say.wallet.title)
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("region", name=visitor.say.common.guide.title, exact=True)).to_have_count(0)
