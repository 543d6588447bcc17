"""`manage.py create_admin`: the internal organization and the first administrator of an empty installation."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.operations import organizations
from accounts.operations.people import NewPerson
from accounts.roles import Role
from core.clock import db_now
from core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Set up an empty installation: the internal organization, its first administrator, office calendars and the default "
        "queue. Asks for what the options leave out. Refuses when an administrator is there, and then changes nothing; "
        "everything is made in one transaction, so after a failure simply run it again. Further people are added on the "
        "page Administration, People."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default="", help="the administrator's e-mail address, for signing in")
        parser.add_argument("--name", default="", help="the administrator's name")
        parser.add_argument("--organization", default="", help="your organization's name")
        parser.add_argument("--time-zone", default="UTC", help="an IANA zone such as Europe/Dublin (default: UTC)")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of the standard input; without this it is asked for twice",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if organizations.has_administrator():
            raise CommandError(
                "There is an administrator already; nothing was changed. They add people under Administration, People."
            )
        if options["time_zone"] not in available_timezones():
            raise CommandError(f"{options['time_zone']} is not an IANA time zone such as Europe/Dublin.")
        organization = options["organization"] or self._ask("Your organization's name", options)
        email = options["email"] or self._ask("The administrator's e-mail address", options)
        name = options["name"] or self._ask("The administrator's name", options)
        person = NewPerson(
            email=email,
            display_name=name,
            roles=[Role.ADMIN],
            time_zone=options["time_zone"],
            password=self._password(options),
        )
        try:
            with transaction.atomic():
                made = organizations.set_up(organization_name=organization, person=person, at=db_now())
        except DomainError as error:
            raise CommandError(f"{error.detail} Nothing was changed.") from error
        self.stdout.write(f"{made.email} administers {made.organization.name}. Sign in, then add people and vendors.")

    def _ask(self, what: str, options: dict[str, Any]) -> str:
        if options["password_stdin"] or not sys.stdin.isatty():
            raise CommandError(f"{what} is missing: give it as an option (see --help).")
        while not (answer := input(f"{what}: ").strip()):
            pass
        return answer

    def _password(self, options: dict[str, Any]) -> str:
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        elif sys.stdin.isatty():
            password = getpass.getpass("Password: ")
            if password != getpass.getpass("The same again: "):
                raise CommandError("The two passwords differ; nothing was changed.")
        else:
            raise CommandError("The password is missing: give --password-stdin and send it as the first line.")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
