"""Letters reach a real mailbox with both their forms, and nothing else reaches their headers."""

import io
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from service.jobs import Handler, Work
from service.log import configure_log
from service.mail import (
    MAX_LETTER,
    Letter,
    Sender,
    check_address,
    compose,
    mail_handler,
    open_post,
    read_sender,
    sender_of,
)
from service.mail_servers import Encryption, SmtpPost, SmtpServer, read_server
from service.mailbox import MAX_KEPT, Mailbox
from service.serving import free_ports
from tests.conftest import NOW
from tests.service.job_world import World, open_world
from tests.service.mail_server import Certificate, Inbox, make_certificate, serving
from tests.service.small import settings_for

SENDER = Sender("bewijzen@metaal.example", "Metaal College", "info@metaal.example")
LETTER = Letter(
    to="ayse@lassers.example",
    subject="Je bewijs 'VCA' … één staat klaar",
    paragraphs=("Hallo Ayşe,", "Je bewijs staat klaar & wacht op je <app>."),
    language="nl",
    link=("https://issuer.example/o/abc?x=1&y=2", "Haal je bewijs op"),
    after=("De code krijg je van je docent.",),
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One for localhost."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def inbox() -> Inbox:
    """A mailbox."""
    return Inbox()


@pytest.fixture
def tls_port(inbox: Inbox, certificate: Certificate) -> Iterator[int]:
    """A server that speaks TLS from the start."""
    with serving(inbox, implicit=certificate.server) as port:
        yield port


@pytest.fixture
def starttls_port(inbox: Inbox, certificate: Certificate) -> Iterator[int]:
    """A server that offers STARTTLS."""
    with serving(inbox, starttls=certificate.server) as port:
        yield port


def post_to(
    port: int,
    certificate: Certificate,
    *,
    encryption: Encryption = Encryption.TLS,
    password: str = "",
) -> SmtpPost:
    """The post that hands in there."""
    server = SmtpServer("localhost", port, encryption, "office" if password else "", password)
    return SmtpPost(server, trust=certificate.trust, seconds=20)


def message(letter: Letter = LETTER, sender: Sender = SENDER) -> EmailMessage:
    """A letter as it goes out."""
    return compose(letter, sender, work_id="w1", at=NOW)


def texts(mail: EmailMessage) -> tuple[str, str]:
    """Plain text and HTML."""
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return tuple(body.get_content() for body in bodies if body is not None)


def test_a_letter_arrives_over_tls_with_both_forms(
    inbox: Inbox, tls_port: int, certificate: Certificate
) -> None:
    post_to(tls_port, certificate, password="right").send(message())
    (mail,) = inbox.received
    assert (inbox.encrypted, inbox.users) == ([True], [b"office"])
    assert inbox.envelopes == [("bewijzen@metaal.example", ["ayse@lassers.example"])]
    assert mail["From"] == "Metaal College <bewijzen@metaal.example>"
    assert (mail["Reply-To"], mail["To"]) == ("info@metaal.example", "ayse@lassers.example")
    assert mail["Subject"] == "Je bewijs 'VCA' … één staat klaar"
    assert (mail["Message-ID"], mail["Content-Language"]) == ("<w1@metaal.example>", "nl")
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = texts(mail)
    assert plain.split("\r\n\r\n" if "\r\n" in plain else "\n\n")[1:3] == [
        "Je bewijs staat klaar & wacht op je <app>.",
        "https://issuer.example/o/abc?x=1&y=2",
    ]
    assert "wacht op je &lt;app&gt;" in html
    assert 'href="https://issuer.example/o/abc?x=1&amp;y=2"' in html
    assert '<html lang="nl">' in html


def test_starttls_is_used_before_anything_is_said(
    inbox: Inbox, starttls_port: int, certificate: Certificate
) -> None:
    starttls = Encryption.STARTTLS
    post_to(starttls_port, certificate, encryption=starttls, password="right").send(message())
    assert (inbox.encrypted, inbox.users) == ([True], [b"office"])


def test_a_server_without_encryption_gets_nothing(inbox: Inbox, certificate: Certificate) -> None:
    with serving(inbox) as port, pytest.raises(UndeterminedError, match="mail_unreachable"):
        post_to(port, certificate, encryption=Encryption.STARTTLS).send(message())
    assert inbox.received == []
    with serving(inbox) as port:  # the guard off: it would have been accepted
        post_to(port, certificate, encryption=Encryption.LOCAL).send(message())
    assert inbox.encrypted == [False]


def test_a_server_that_nobody_vouches_for_gets_nothing(inbox: Inbox, tls_port: int) -> None:
    post = SmtpPost(SmtpServer("localhost", tls_port, Encryption.TLS), seconds=20)
    with pytest.raises(UndeterminedError, match="mail_unreachable"):
        post.send(message())
    assert inbox.received == []


@pytest.mark.parametrize("where", ["refuse_receiver", "refuse_message"])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("550 no such user ayse@lassers.example", "mail_refused"),
        ("450 try later ayse@lassers.example", "mail_unreachable"),
        ("530 log in first ayse@lassers.example", "mail_unreachable"),
    ],
    ids=["for good", "for now", "our password"],
)
def test_what_a_server_refuses_is_final_or_tried_again(
    where: str, said: str, code: str, inbox: Inbox, certificate: Certificate
) -> None:
    setattr(inbox, where, said)
    with serving(inbox) as port, pytest.raises(CredentialError) as caught:
        post_to(port, certificate, encryption=Encryption.LOCAL).send(message())
    assert caught.value.code == code
    assert caught.value.detail == said[:3]


def test_a_wrong_password_is_tried_again_once_it_is_mended(
    inbox: Inbox, tls_port: int, certificate: Certificate
) -> None:
    with pytest.raises(UndeterminedError, match="535"):
        post_to(tls_port, certificate, password="wrong").send(message())
    assert inbox.received == []


def test_a_server_that_is_away_is_tried_again(certificate: Certificate) -> None:
    (port,) = free_ports(1)
    with pytest.raises(UndeterminedError, match="mail_unreachable"):
        post_to(port, certificate).send(message())


def test_a_job_sends_its_letter_and_the_same_name_when_sent_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    world, mailbox = open_world(sqlite_url), Mailbox(tmp_path / "mailbox")
    stream = io.StringIO()
    configure_log(stream)

    def letter_of(work: Work) -> Letter | None:
        return LETTER if work.text("offer") == "o-1" else None

    handler = mail_handler(mailbox, SENDER, letter_of, clock=world.clock)
    send_with(world, handler)
    (kept,) = mailbox.letters()
    assert (kept.to, kept.subject, kept.at) == (LETTER.to, LETTER.subject, NOW)
    assert kept.text.startswith("Hallo Ayşe,\n\nJe bewijs")
    assert mailbox.find(kept.id) == kept
    assert mailbox.find("none") is None
    world.clock.forward(timedelta(minutes=1))
    handler.run(Work(world.sent, "note", {"offer": "o-1"}, 2))  # type: ignore[attr-defined]  # set below
    assert [again.id for again in mailbox.letters()] == [kept.id]
    handler.run(Work("another", "note", {"offer": "cancelled"}, 1))
    assert len(mailbox.letters()) == 1
    assert "ayse" not in stream.getvalue() + repr(world.rows()) + repr(LETTER)
    world.database.close()


def send_with(world: World, handler: Handler) -> None:
    """One job, done."""
    world.sent = world.enqueue()  # type: ignore[attr-defined]  # for the caller
    desk = world.desk(handler.run)
    assert desk.run_due() == 1
    assert world.rows() == []


def test_the_mailbox_keeps_the_newest_letters_for_this_user_alone(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    assert mailbox.letters() == []
    for number in range(MAX_KEPT + 2):
        at = NOW + timedelta(minutes=number)
        mailbox.send(compose(LETTER, SENDER, work_id=f"w{number}", at=at))
    kept = mailbox.letters()
    assert len(kept) == MAX_KEPT
    assert kept[0].at == NOW + timedelta(minutes=MAX_KEPT + 1)
    for path in (tmp_path / "mailbox", *(tmp_path / "mailbox").iterdir()):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ayse",
        "ayse@",
        "@lassers.example",
        "ayse@lassers",
        "ayse@lassers.example\nBcc: all@example.org",
        "ayse@lassers.example, bo@lassers.example",
        "Ayse <ayse@lassers.example>",
        "ayse@@lassers.example",
        '"a b"@lassers.example',
        "ayşe@lassers.example",
        "ayse@[127.0.0.1]",
        "a" * 250 + "@lassers.example",
        "ayse@-lassers.example",
        "ayse(comment)@lassers.example",
    ],
    ids=range(15),
)
def test_what_is_no_bare_address_is_refused(address: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_address(address)
    assert caught.value.code == "mail_address"
    assert "lassers" not in caught.value.detail


@pytest.mark.parametrize("address", ["a.b+c@lassers.example", "o'neill@sub.lassers.co.uk"])
def test_a_bare_address_is_accepted(address: str) -> None:
    assert check_address(address) == address


@given(address=st.text(max_size=60) | st.from_regex(r"[a-z.\"]+@[a-z.\-]+", fullmatch=True))
def test_any_address_is_one_header_value_or_refused(address: str) -> None:
    try:
        check_address(address)
    except MalformedError as error:
        assert error.code == "mail_address"  # noqa: PT017 - either outcome is right
    else:
        mail = message(Letter(address, "s", ("p",), "nl"))
        assert mail["To"].addresses[0].addr_spec == address
        assert len(mail["To"].addresses) == 1


@given(subject=st.text(max_size=80), words=st.text(max_size=200), name=st.text(max_size=40))
def test_any_words_travel_unchanged_or_are_refused(subject: str, words: str, name: str) -> None:
    letter = Letter("ayse@lassers.example", subject, (words,), "en", from_name=name)
    try:
        mail = message(letter)
    except MalformedError as error:
        assert error.code == "mail_header"  # noqa: PT017 - either outcome is right
        assert not (subject + name).isprintable()
    else:
        names = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
        assert [key for key in mail if key in names] == [
            "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        ]  # fmt: skip
        assert len(mail.keys()) == len(names) + 3  # language, MIME version, type


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "https://a b", ""])
def test_a_link_leads_to_a_web_page(link: str) -> None:
    with pytest.raises(MalformedError, match="mail_link"):
        message(Letter("a@b.example", "s", (), "nl", link=(link, "Open")))


def test_a_letter_has_an_end() -> None:
    with pytest.raises(MalformedError, match="mail_too_long"):
        message(Letter("a@b.example", "s", ("x" * MAX_LETTER, "y"), "nl"))


def test_the_server_of_the_settings_is_read_without_showing_its_password() -> None:
    server = read_server("smtps://office:p%40ss@mail.example")
    assert (server.host, server.port, server.password) == ("mail.example", 465, "p@ss")
    assert "p@ss" not in repr(server)
    assert read_server("smtp://mail.example:2525").port == 2525
    assert read_server("smtp+local://localhost").encryption is Encryption.LOCAL


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://mail.example",
        "smtps://",
        "smtp+local://mail.example",
        "smtp://a:b:c",
        "smtps://a/b",
    ],
)
def test_a_server_that_would_be_asked_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(RejectedError, match="config_smtp_url"):
        read_server(url)


def test_the_settings_choose_the_post(tmp_path: Path) -> None:
    trial = settings_for(tmp_path, demo=True)
    assert isinstance(open_post(trial), Mailbox)
    assert sender_of(trial, "Trial") == Sender("noreply@skillspass.example", "Trial")
    assert open_post(settings_for(tmp_path)) is None
    real = settings_for(tmp_path, smtp_url="smtps://mail.example", mail_from="M <m@metaal.example>")
    assert isinstance(open_post(real), SmtpPost)
    assert sender_of(real, "") == Sender("m@metaal.example", "M")
    with pytest.raises(RejectedError, match="config_mail_from"):
        sender_of(settings_for(tmp_path, smtp_url="smtps://mail.example"), "")


@pytest.mark.parametrize(
    "words", ["", "M", "M <m@metaal.example>, n@metaal.example", "a\nb <m@x.nl>"]
)
def test_a_sender_is_a_name_and_an_address(words: str) -> None:
    with pytest.raises(RejectedError, match="config_mail_from"):
        read_sender(words)
