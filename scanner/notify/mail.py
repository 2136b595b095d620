"""Sends a message by e-mail: plain text, over TLS unless the server is on this machine."""

import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from scanner.config import Mail
from scanner.notify.news import News, lines
from scanner.notify.webhook import RefusedError

_SECONDS: Final = 20
_SHOWN: Final = 50
_SUBJECT: Final = 200


def letter(settings: Mail, told: News) -> EmailMessage:
    """Return the message as it is sent."""
    from datetime import UTC, datetime

    message = EmailMessage()
    message["Subject"] = " ".join(told.subject.split())[:_SUBJECT]
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="surefoot.invalid")
    message["Auto-Submitted"] = "auto-generated"
    text = [told.summary]
    for style, line in lines(told, _SHOWN):
        text.append(f"\n{line}" if style == "head" else f"  - {line}")
    if told.link:
        text.append(f"\nThe report: {told.link}")
    message.set_content("\n".join(text) + "\n")
    return message


def send(settings: Mail, password: str, told: News) -> None:
    """Send a message. Raises RefusedError."""
    message = letter(settings, told)
    try:
        with _connected(settings) as server:
            if settings.user:
                server.login(settings.user, password)
            server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise RefusedError("the server refused the user or its password", again=False) from None
    except smtplib.SMTPRecipientsRefused:
        raise RefusedError("the server refused every receiver", again=False) from None
    except smtplib.SMTPResponseException as error:
        again = 400 <= error.smtp_code < 500  # noqa: PLR2004 - RFC 5321, 4.2.1: transient
        raise RefusedError(f"the server answered {error.smtp_code}", again=again) from None
    except smtplib.SMTPException as error:
        raise RefusedError(f"not sent: {type(error).__name__}", again=True) from None
    except ssl.SSLError as error:
        raise RefusedError(f"TLS: {error.reason or 'failed'}", again=False) from None
    except OSError as error:
        raise RefusedError(f"not reached: {error.strerror or type(error).__name__}", again=True) from None


def _connected(settings: Mail) -> smtplib.SMTP:
    context, server_ = ssl.create_default_context(), settings.server
    name = socket.gethostname()  # else smtplib asks the DNS what this machine is called
    if settings.tls == "tls":
        return smtplib.SMTP_SSL(server_, settings.port, name, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(server_, settings.port, name, timeout=_SECONDS)
    try:
        if settings.tls == "starttls":
            server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server
