"""The whole library as Markdown files, out and in again: a folder or a zip, tried first, reported file by file.

Coming in, nothing that binds is touched: a file whose version is in the library and differs is refused unless that version is a draft;
a version that is not there becomes a draft, which goes the ordinary way to a second person. Only `restore`, which the
command line alone offers, puts back what was published, into a library that does not have it.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from audit.recording import Entry, record, record_many
from core.errors import DomainError, Invalid
from policies import events, permissions
from policies.lifecycle import KEY_PREFIX, PUBLISHED, VersionState
from policies.markdown import (
    CLAUSE_FILE,
    BadFile,
    ClauseFile,
    Read,
    TranslationFile,
    VersionFile,
    read_file,
    write_clause,
    write_translation,
    write_version,
)
from policies.models import Policy, PolicyTranslation, PolicyVersion
from policies.operations import drafts, reading
from policies.wording import wording_problems

MOST_FILES, MOST_BYTES, MOST_RATIO, FILE_BYTES = 40_000, 200_000_000, 200, 400_000
UPLOAD_BYTES = 20_000_000
_STAMP = (1980, 1, 1, 0, 0, 0)  # every zip of the same library is the same file


class BadArchive(Invalid):
    """The upload is no zip of library files, or would unpack to something too large."""


# -- Out ---------------------------------------------------------------------------------------------------------------
def library_files(*, published_only: bool = False) -> Iterator[tuple[str, bytes]]:
    """Every file of the library by its path, in order. Streams: one clause is in memory at a time."""
    policies = sorted(Policy.objects.all(), key=lambda policy: policy.sort_key)
    for policy in policies:
        yield f"{policy.key}/{CLAUSE_FILE}", write_clause(policy)
        rows = policy.versions.published() if published_only else policy.versions.all()
        versions = list(rows.defer("search").order_by("number"))
        numbers = {version.pk: version.number for version in versions}
        translations: dict[int, list[PolicyTranslation]] = {}
        for one in PolicyTranslation.objects.filter(version__in=versions).defer("search").order_by("language"):
            translations.setdefault(one.version_id, []).append(one)
        for version in versions:
            version.policy = policy
            yield (
                f"{policy.key}/v{version.number}.md",
                write_version(version, based_on=numbers.get(version.based_on_id or 0)),
            )
            for one in translations.get(version.pk, []):
                path = f"{policy.key}/v{version.number}.{one.language}.md"
                yield path, write_translation(one, key=policy.key, number=version.number)


@transaction.atomic
def export_library(*, by: User | None, at: datetime) -> bytes:
    """The library as a zip; the same library gives the same bytes. `at` aware UTC. Records `library.exported`.

    Raises `NotPermitted`. The system exports everything; a person what they may read, which for editors is everything too.
    """
    if by is not None:
        permissions.check_can_export_library(by)
    buffer = io.BytesIO()
    number = 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in library_files():
            info = zipfile.ZipInfo(path, date_time=_STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, content)
            number += 1
    _told(events.LIBRARY_EXPORTED, by, at, files=number)
    return buffer.getvalue()


def write_folder(folder: Path) -> int:
    """Write the library's files below `folder`, which may hold others; answers how many."""
    number = 0
    for path, content in library_files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        number += 1
    return number


# -- In ----------------------------------------------------------------------------------------------------------------
def files_of_zip(content: bytes) -> dict[str, bytes]:
    """The files of a zip by path. A folder around them all is taken off.

    Refuses, before unpacking, paths that leave the folder, links, encrypted entries, more than 40,000 files, 200 MB in all, or a
    ratio over 200; and while unpacking whatever is larger than it said. Raises `BadArchive`.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadArchive(_("This is no zip file.")) from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
        raise BadArchive(_("The zip holds more than a library would: it is not unpacked."))
    files: dict[str, bytes] = {}
    for info in infos:
        if _leaves(info.filename):
            raise BadArchive(_("The zip holds a path that leaves its folder: %(path)s.") % {"path": info.filename[:80]})
        if info.flag_bits & 0x1 or stat.S_ISLNK(info.external_attr >> 16):
            raise BadArchive(_("The zip holds links or encrypted files: %(path)s.") % {"path": info.filename[:80]})
        if info.file_size > FILE_BYTES or info.file_size > MOST_RATIO * max(info.compress_size, 64):
            raise BadArchive(_("%(path)s is too large for a clause.") % {"path": info.filename[:80]})
        if info.filename in files:
            raise BadArchive(_("The zip holds %(path)s twice.") % {"path": info.filename[:80]})
        try:
            with archive.open(info) as stream:
                data = stream.read(FILE_BYTES + 1)
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
            ValueError,
        ) as error:
            raise BadArchive(_("%(path)s cannot be unpacked.") % {"path": info.filename[:80]}) from error
        if len(data) > FILE_BYTES:
            raise BadArchive(_("%(path)s is too large for a clause.") % {"path": info.filename[:80]})
        files[info.filename] = data
    return _without_wrapper(files)


def _leaves(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "\\")) or ".." in parts or ":" in path or "\x00" in path


def _without_wrapper(files: dict[str, bytes]) -> dict[str, bytes]:
    """A zip of a folder has the folder's name before every path."""
    tops = {path.split("/", 1)[0] for path in files}
    if len(tops) == 1 and all(path.count("/") == 2 for path in files):
        return {path.split("/", 1)[1]: data for path, data in files.items()}
    return files


def files_of_folder(folder: Path) -> dict[str, bytes]:
    """The Markdown files below a folder by path; hidden folders (.git) and links are left out. Raises `BadArchive`."""
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*.md")):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts) or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > FILE_BYTES:
            raise BadArchive(_("%(path)s is too large for a clause.") % {"path": str(relative)})
        if len(files) >= MOST_FILES:
            raise BadArchive(_("The folder holds more than a library would."))
        files[relative.as_posix()] = path.read_bytes()
    return files


SAME, NEW_CLAUSE, NEW_DRAFT, CHANGED_DRAFT, TRANSLATED, RESTORED, REFUSED = (
    "same",
    "new_clause",
    "new_draft",
    "changed_draft",
    "translated",
    "restored",
    "refused",
)


@dataclass(frozen=True)
class FileReport:
    """What became, or would become, of one file; `problems` say why it was refused."""

    path: str
    outcome: str
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ImportReport:
    """What became of every file. With a refusal nothing at all is imported."""

    files: list[FileReport]
    is_dry: bool

    @property
    def refused(self) -> list[FileReport]:
        return [one for one in self.files if one.outcome == REFUSED]

    @property
    def changes(self) -> list[FileReport]:
        """Files that bring something."""
        return [one for one in self.files if one.outcome not in (SAME, REFUSED)]


class _Undo(Exception):
    """Rolls a dry run back."""


def import_library(
    *, files: Mapping[str, bytes], by: User | None, at: datetime, is_dry: bool, restore: bool = False
) -> ImportReport:
    """Bring files in, all or nothing; a dry run does it and takes it back, so its report is what would happen. `at` aware UTC.

    `by` needs the right to write the library; `restore` is the system's alone. Records what each draft records, and
    `library.imported`. Raises `NotPermitted`; files that cannot be taken are in the report.
    """
    if by is not None:
        permissions.check_can_draft(by)
    if restore and by is not None:
        raise Invalid(_("Published versions come back by the command line only."))
    reports: list[FileReport] = []
    try:
        with transaction.atomic():
            reports = _import(files, by, at, restore=restore)
            if is_dry or any(one.outcome == REFUSED for one in reports):
                raise _Undo
            brought = [one for one in reports if one.outcome != SAME]
            if brought:
                _told(events.LIBRARY_IMPORTED, by, at, files=len(files), added=len(brought))
    except _Undo:
        pass
    return ImportReport(sorted(reports, key=lambda one: (one.outcome != REFUSED, one.path)), is_dry)


def _import(files: Mapping[str, bytes], by: User | None, at: datetime, *, restore: bool) -> list[FileReport]:
    reports: list[FileReport] = []
    read: dict[str, Read] = {}
    for path, content in files.items():
        try:
            read[path] = read_file(path, content)
        except BadFile as error:
            reports.append(FileReport(path, REFUSED, [str(error)]))
    stored = {policy.key: policy for policy in Policy.objects.filter(key__in={one.key for one in read.values()})}
    clauses = {path: one for path, one in read.items() if isinstance(one, ClauseFile)}
    versions = {path: one for path, one in read.items() if isinstance(one, VersionFile)}
    translations = {path: one for path, one in read.items() if isinstance(one, TranslationFile)}
    for path, clause in sorted(clauses.items()):
        reports.append(_take(path, partial(_clause, clause, stored, by, at)))
    for path, version in sorted(versions.items(), key=lambda entry: (entry[1].key, entry[1].number)):
        reports.append(_take(path, partial(_version, version, stored, by, at, restore=restore)))
    for path, translation in sorted(translations.items()):
        reports.append(_take(path, partial(_translation, translation, by, at)))
    return reports


def _take(path: str, work: Callable[[], str]) -> FileReport:
    """Do one file's work in a savepoint; what it refuses becomes its report."""
    try:
        with transaction.atomic():
            return FileReport(path, work())
    except Invalid as error:
        return FileReport(path, REFUSED, [problem.detail for problem in error.errors] or [error.detail])
    except DomainError as error:
        return FileReport(path, REFUSED, [error.detail])
    except IntegrityError as error:
        return FileReport(
            path, REFUSED, [_("The library cannot hold it: %(why)s") % {"why": str(error).split("\n")[0]}]
        )


def _clause(clause: ClauseFile, stored: dict[str, Policy], by: User | None, at: datetime) -> str:
    known = stored.get(clause.key)
    if known is not None:
        if (known.section, list(known.harms)) == (clause.section, clause.harms):
            return SAME
        known.section, known.harms = clause.section, clause.harms
        known.save(update_fields=["section", "harms"])
        return CHANGED_DRAFT
    family = next(family for family, prefix in KEY_PREFIX.items() if clause.key.startswith(f"{prefix}-"))
    policy = Policy.objects.create(key=clause.key, family=family, section=clause.section, harms=clause.harms, owner=by)
    stored[clause.key] = policy
    data = {"key": policy.key, "family": str(family)}
    record(events.POLICY_CREATED, subject=policy, by=by, at=at, data=data, organization_id=drafts.internal_id())
    return NEW_CLAUSE


def _version(file: VersionFile, stored: dict[str, Policy], by: User | None, at: datetime, *, restore: bool) -> str:
    policy = stored.get(file.key)
    if policy is None:
        raise Invalid(_("The clause is new: its clause.md is missing."))
    if problems := wording_problems(file.wording):
        raise Invalid(errors=problems)
    known = PolicyVersion.objects.defer("search").filter(policy=policy, number=file.number).first()
    if known is not None:
        return _known(known, policy, file, by, at)
    if restore:
        return _restored(file, policy, at)
    if file.state in PUBLISHED:
        raise Invalid(
            _(
                'A file cannot publish. Say state: "draft"; somebody else publishes it here. (History comes back by manage.py import_library --restore.)'
            )
        )
    if by is None:
        raise Invalid(_("A draft needs an author: name one with --by."))
    drafts.start_draft(policy_id=policy.pk, by=by, at=at, market=file.market, wording=file.wording, number=file.number)
    return NEW_DRAFT


def _known(known: PolicyVersion, policy: Policy, file: VersionFile, by: User | None, at: datetime) -> str:
    known.policy = policy
    same = write_version(known) == write_version(_as_version(file, policy, known))
    if same:
        return SAME
    if known.state != VersionState.DRAFT or known.market != file.market or by is None:
        raise Invalid(
            _("%(citation)s is %(state)s here and reads differently: write what changes as the next version.")
            % {"citation": known.citation, "state": VersionState(known.state).label}
        )
    drafts.edit_draft(version_id=known.pk, wording=file.wording, revision=known.revision, by=by, at=at)
    return CHANGED_DRAFT


def _as_version(file: VersionFile, policy: Policy, known: PolicyVersion) -> PolicyVersion:
    """The file's wording with what the library knows of the version: only words and market are compared."""
    return PolicyVersion(
        policy=policy,
        number=known.number,
        state=known.state,
        market=file.market,
        effective=known.effective,
        created_at=known.created_at,
        **file.wording.stored(),
    )


def _restored(file: VersionFile, policy: Policy, at: datetime) -> str:
    published = file.state in PUBLISHED
    if published and file.starts_at is None:
        raise Invalid(_("A published version needs its beginning (from)."))
    based_on = None
    if file.based_on is not None:
        based_on = PolicyVersion.objects.defer("search").filter(policy=policy, number=file.based_on).first()
    version = PolicyVersion.objects.create(
        policy=policy,
        number=file.number,
        state=file.state,
        market=file.market,
        effective=DateTimeTZRange(file.starts_at, file.ends_at) if published else None,
        created_at=file.created_at or file.starts_at or at,
        based_on=based_on,
        **file.wording.stored(),
    )
    if published and file.starts_at is not None and file.state != VersionState.SCHEDULED:
        data = {
            "key": policy.key,
            "number": version.number,
            "label": str(version.label),
            "market": version.market,
            "from": file.starts_at.isoformat(),
        }
        internal = drafts.internal_id()
        record_many([Entry(events.POLICY_VERSION_EFFECTIVE, policy, file.starts_at, None, data, internal)])
    return RESTORED


def _translation(file: TranslationFile, by: User | None, at: datetime) -> str:
    version = (
        PolicyVersion.objects.select_related("policy")
        .defer("search")
        .filter(policy__key=file.key, number=file.number)
        .first()
    )
    if version is None:
        raise Invalid(_("There is no such version to be translated."))
    known = PolicyTranslation.objects.defer("search").filter(version=version, language=file.language).first()
    words = file.words
    if known is not None and (
        (known.title, known.rule, known.public_rationale) == (words.title, words.rule, words.public_rationale)
        and known.elements == dict(words.elements)
        and known.exceptions == dict(words.exceptions)
        and known.synonyms == list(words.synonyms)
    ):
        return SAME
    if by is None:
        if known is not None:
            raise Invalid(_("A translation that is there is changed by a person: name one with --by."))
        PolicyTranslation.objects.create(
            version=version,
            language=file.language,
            title=words.title,
            rule=words.rule,
            public_rationale=words.public_rationale,
            elements=dict(words.elements),
            exceptions=dict(words.exceptions),
            synonyms=list(words.synonyms),
            translated_at=file.translated_at or at,
        )
        return RESTORED
    reading.translate_version(
        version_id=version.pk,
        language=file.language,
        words=words,
        by=by,
        at=at,
        revision=known.revision if known is not None else 0,
    )
    return TRANSLATED


def _told(kind: str, by: User | None, at: datetime, **data: int) -> None:
    internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
    record(kind, subject=internal, by=by, at=at, data=dict(data), organization_id=internal.pk)
