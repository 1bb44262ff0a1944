"""Passkeys (WebAuthn level 2): a device of one's own instead of a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenure.records.access import actions as access
from tenure.records.access.actions import NewPasskey, Opening
from tenure.records.access.models import CustomerSession, Passkey
from tenure.records.access.queries import passkey_named, passkeys_of
from tenure.records.access.rules import WrongPasskey
from tenure.records.customers.models import Person

type Options = Mapping[str, Any]
type State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are made for: the host that they are bound to, and the exact origin."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser answered, and the state that the question left."""

    state: State
    response: Mapping[str, Any]
    device: str = ""  # the browser, in its own words


def begin_adding(person: Person, site: Site) -> tuple[Options, State]:
    """What the browser is asked for a new passkey; the device's own lock is required."""
    user = PublicKeyCredentialUserEntity(
        id=f"person:{person.pk}".encode(), name=person.name, display_name=person.name
    )
    options, state = _server(site).register_begin(
        user,
        credentials=[_credential(one) for one in passkeys_of(person.pk)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options)["publicKey"], state


def finish_adding(person: Person, answer: Answer, *, site: Site, on: date, at: datetime) -> Passkey:
    """Keep a new passkey.

    Raises:
        WrongPasskey: the answer does not fit the question.
    """
    try:
        made = _server(site).register_complete(
            answer.state, RegistrationResponse.from_dict(answer.response)
        )
    except (ValueError, KeyError, TypeError) as error:
        raise WrongPasskey() from error
    credential = made.credential_data
    if credential is None:
        raise WrongPasskey()
    new = NewPasskey(
        person=person,
        credential_id=websafe_encode(credential.credential_id),
        public_key=bytes(credential),
        sign_count=made.counter,
        name=answer.device[:80],
    )
    return access.add_passkey(new, on=on, at=at, by=f"customer:{person.pk}")


def begin_signing_in(site: Site) -> tuple[Options, State]:
    """What the browser is asked for at the sign-in; the device offers what it holds for us."""
    options, state = _server(site).authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options)["publicKey"], state


def finish_signing_in(answer: Answer, *, site: Site, on: date, at: datetime) -> tuple[Person, str]:
    """Open a session for whoever holds the passkey; the token for its cookie.

    Raises:
        WrongPasskey: we do not know it, its signature is wrong, or it was copied.
    """
    passkey = passkey_named(str(answer.response.get("id", "")))
    if passkey is None:
        raise WrongPasskey()
    try:
        _server(site).authenticate_complete(answer.state, [_credential(passkey)], answer.response)
        counter = _counter(answer.response)
    except (ValueError, KeyError, TypeError) as error:
        raise WrongPasskey() from error
    by = f"customer:{passkey.person_id}"
    access.use_passkey(passkey.pk, sign_count=counter, on=on, at=at, by=by)
    opening = Opening(passkey.person, CustomerSession.Door.PASSKEY, answer.device)
    return passkey.person, access.open_session(opening, on=on, at=at, by=by)


def _counter(response: Mapping[str, Any]) -> int:
    read = AuthenticationResponse.from_dict(response)
    return int(read.response.authenticator_data.counter)


def _server(site: Site) -> Fido2Server:
    place = PublicKeyCredentialRpEntity(id=site.host, name=site.name)
    return Fido2Server(place, verify_origin=lambda origin: origin == site.origin)


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.public_key))
