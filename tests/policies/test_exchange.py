"""The library as files: round trips byte by byte, refusals file by file, archives that mean harm."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from audit.models import Event
from core.errors import NotPermitted
from policies.markdown import BadFile, read_file, write_version
from policies.models import Policy, PolicyTranslation, PolicyVersion
from policies.operations.exchange import (
    BadArchive,
    export_library,
    files_of_zip,
    import_library,
    library_files,
    write_folder,
)
from policies.operations.library import load_library
from policies.wording import Wording, wording_of, wording_problems
from tests.factories.people import NOON, internal_organization, make_user
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user(roles=[Role.POLICY_EDITOR], email="vera@example.test")


def test_the_whole_library_goes_out_and_comes_back_byte_for_byte(monkeypatch):
    internal_organization()
    load_library(at=NOON, by=None)
    version = PolicyVersion.objects.filter(policy__key="CS-VI-3.2").order_by("-number").first()
    PolicyTranslation.objects.create(
        version=version,
        language="es",
        title="Armas",
        rule="Nada de armas.",
        elements={"place": "Un lugar."},
        translated_at=NOON,
    )
    make_version(
        policy=version.policy,
        number=90,
        state="draft",
        rationale="# no heading\n\\ no escape\n\nTwo paragraphs.",
        based_on=version,
    )
    first = dict(library_files())
    stored = {(v.policy.key, v.number): (v.effective, v.state) for v in PolicyVersion.objects.select_related("policy")}

    from policies import markdown

    written = {path: read_file(path, content) for path, content in first.items()}
    assert len(written) == len(first)
    again = {}
    for path, content in first.items():
        read = written[path]
        if isinstance(read, markdown.VersionFile):
            policy = Policy(key=read.key)
            copy = PolicyVersion(
                policy=policy,
                number=read.number,
                market=read.market,
                state=read.state,
                created_at=read.created_at,
                effective=stored[read.key, read.number][0],
                **read.wording.stored(),
            )
            again[path] = write_version(copy, based_on=read.based_on)
        else:
            again[path] = content
    assert again == first
    assert import_library(files=first, by=None, at=NOON, is_dry=False).changes == []


@pytest.mark.django_db(transaction=True)
def test_a_library_is_restored_into_an_empty_one_and_goes_out_the_same(wf_role, tmp_path):
    internal_organization()
    load_library(at=NOON, by=None)
    keys = ["CS-VI-1.1", "CS-VI-3.2", "AD-FR-2.1"]
    before = {path: data for path, data in library_files() if path.split("/")[0] in keys}
    owner = wf_role("wf_owner").cursor()
    owner.execute("ALTER TABLE policies_policyversion DISABLE TRIGGER policies_version_never_changes")
    owner.execute("DELETE FROM policies_policyversion")
    owner.execute("DELETE FROM policies_policy")
    owner.execute("ALTER TABLE policies_policyversion ENABLE TRIGGER policies_version_never_changes")

    report = import_library(files=before, by=None, at=NOON, is_dry=False, restore=True)

    assert report.refused == []
    assert dict(library_files()) == before
    assert import_library(files=before, by=None, at=NOON, is_dry=False, restore=True).changes == []


line = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), min_size=1, max_size=60
    )
    .map(str.strip)
    .filter(lambda t: t.strip("-").strip() and not t.startswith("- "))
)
paragraphs = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=200).map(
    lambda t: t.strip("\n")
)
key = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
keyed = st.lists(st.tuples(key, line), max_size=4, unique_by=lambda pair: pair[0])
wordings = st.builds(
    lambda title, rule, why, public, note, every, some, exceptions, bad, fine, terms, tree, days: Wording(
        title=title,
        rule=rule,
        rationale=why,
        public_rationale=public,
        changed_note=note,
        elements=[{"key": f"a{k}", "text": t, "group": "all"} for k, t in every] + [{"key": f"b{k}", "text": t, "group": "any"} for k, t in some],
        logic="all_and_any" if every and some else "any" if some else "all",
        exceptions=[{"key": k, "text": t} for k, t in exceptions],
        violating_examples=bad,
        fine_examples=fine,
        definitions=[{"term": k, "text": t} for k, t in terms],
        decision_tree=[{"text": t, "then": [{"text": u, "then": []} for u in bad]} for t in tree],
        ladder={"organic": [[{"type": "content_remove"}], [{"type": "account_suspend", "days": days}, {"type": "strike"}]]},
    ),
    line, line, paragraphs, paragraphs, paragraphs, keyed, keyed, keyed, st.lists(line, max_size=3), st.lists(line, max_size=3), keyed, st.lists(line, max_size=3), st.integers(1, 3650),
)  # fmt: skip


@given(wordings)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_wording_is_read_as_it_was_written(wording):
    if wording_problems(wording):
        return
    version = PolicyVersion(
        policy=Policy(key="CS-VI-3.2"), number=4, state="draft", created_at=NOON, **wording.stored()
    )

    content = write_version(version)
    read = read_file("CS-VI-3.2/v4.md", content)

    assert read.wording.stored() == wording_of(version).stored()
    assert (
        write_version(
            PolicyVersion(
                policy=Policy(key="CS-VI-3.2"), number=4, state="draft", created_at=NOON, **read.wording.stored()
            )
        )
        == content
    )


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda t: ("---\n" + t).encode("utf-8", "replace")))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_the_reader_says_so_and_never_breaks(content):
    for path in ("CS-VI-3.2/v4.md", "CS-VI-3.2/clause.md", "CS-VI-3.2/v4.es.md", "x.md"):
        with contextlib.suppress(BadFile):
            read_file(path, content)


def test_a_new_version_in_git_becomes_a_draft_and_a_changed_draft_is_written_anew(editor):
    version = make_version(policy=make_policy(key="CS-VI-8.1"))
    files = dict(library_files())
    text = files["CS-VI-8.1/v1.md"].decode()
    changed = (
        text.replace("No threats.", "No threats at all.")
        .replace('state: "effective"', 'state: "draft"')
        .replace("version: 1", "version: 2")
    )
    files["CS-VI-8.1/v2.md"] = changed.encode()

    tried = import_library(files=files, by=editor, at=NOON, is_dry=True)
    assert [(one.path, one.outcome) for one in tried.changes] == [("CS-VI-8.1/v2.md", "new_draft")]
    assert version.policy.versions.count() == 1
    import_library(files=files, by=editor, at=NOON, is_dry=False)
    draft = version.policy.versions.get(number=2)
    assert (draft.state, draft.rule, draft.author, draft.published_by) == ("draft", "No threats at all.", editor, None)

    files["CS-VI-8.1/v2.md"] = changed.replace("at all", "whatever").encode()
    assert [one.outcome for one in import_library(files=files, by=editor, at=NOON, is_dry=False).changes] == [
        "changed_draft"
    ]
    assert Event.objects.filter(kind="library.imported").count() == 2


def test_what_is_published_is_never_changed_by_a_file_nor_published_by_one(editor):
    make_version(policy=make_policy(key="CS-VI-8.1"))
    files = dict(library_files())
    text = files["CS-VI-8.1/v1.md"].decode()

    changed = import_library(
        files=files | {"CS-VI-8.1/v1.md": text.replace("No threats.", "Some.").encode()},
        by=editor,
        at=NOON,
        is_dry=False,
    )
    published = import_library(
        files=files | {"CS-VI-8.1/v2.md": text.replace("version: 1", "version: 2").encode()},
        by=editor,
        at=NOON,
        is_dry=False,
    )

    assert "next version" in changed.refused[0].problems[0]
    assert "cannot publish" in published.refused[0].problems[0]
    assert PolicyVersion.objects.get().rule == "No threats."


def test_one_bad_file_keeps_all_of_them_out_and_each_says_why(editor):
    make_version(policy=make_policy(key="CS-VI-8.1"))
    files = dict(library_files())
    good = (
        files["CS-VI-8.1/v1.md"]
        .decode()
        .replace("version: 1", "version: 2")
        .replace('"effective"', '"draft"')
        .replace("No threats.", "None.")
    )
    files |= {
        "CS-VI-8.1/v2.md": good.encode(),
        "CS-VI-8.1/v3.md": b"no front matter",
        "notes.txt": b"hello",
        "CS-VI-8.1/v4.md": good.replace("version: 2", "version: 5").encode(),
        "CS-ZZ-9.9/v1.md": good.replace("CS-VI-8.1", "CS-ZZ-9.9").replace("version: 2", "version: 1").encode(),
        "CS-VI-8.1/v6.md": good.replace("version: 2", "version: 6").replace("title:", "titel:").encode(),
    }

    report = import_library(files=files, by=editor, at=NOON, is_dry=False)

    assert {one.path for one in report.refused} >= {
        "CS-VI-8.1/v3.md",
        "notes.txt",
        "CS-VI-8.1/v4.md",
        "CS-ZZ-9.9/v1.md",
        "CS-VI-8.1/v6.md",
    }
    assert all(one.problems for one in report.refused)
    assert PolicyVersion.objects.count() == 1


def test_a_zip_is_the_same_whenever_it_is_made(editor):
    make_version(policy=make_policy(key="CS-VI-8.1"))

    assert export_library(by=editor, at=NOON) == export_library(by=editor, at=NOON + timedelta(days=3))
    assert files_of_zip(export_library(by=editor, at=NOON)) == dict(library_files())
    with pytest.raises(NotPermitted):
        export_library(by=make_user(roles=[Role.SPECIALIST]), at=NOON)


def _zip(*entries, compress=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def _link():
    info = zipfile.ZipInfo("CS-VI-8.1/v1.md")
    info.external_attr = (0o120777) << 16
    return _zip((info, "/etc/passwd"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no zip",
        _zip(("../../etc/passwd", "x")),
        _zip(("/etc/passwd", "x")),
        _zip(("a/../../b.md", "x")),
        _zip(("C:\\x.md", "x")),
        _zip(("CS-VI-8.1/v1.md", "0" * 50_000_000)),
        _zip(*((f"CS-VI-8.1/v{n}.md", b"0" * 390_000) for n in range(1, 30))),
        _link(),
    ],
    ids=["empty", "no-zip", "up", "absolute", "inside-up", "drive", "bomb", "many-bombs", "link"],
)
def test_archives_that_mean_harm_are_refused_before_they_are_unpacked(content):
    with pytest.raises(BadArchive):
        files_of_zip(content)


def test_an_entry_that_lies_about_its_size_is_not_believed():
    content = bytearray(_zip(("CS-VI-8.1/v1.md", "0123456789" * 39_000), compress=zipfile.ZIP_STORED))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")

    try:
        files = files_of_zip(bytes(content))
    except BadArchive:
        return
    assert sum(map(len, files.values())) <= 400_001


def test_the_page_tries_first_and_imports_then(client, editor):
    version = make_version(policy=make_policy(key="CS-VI-8.1"))
    files = dict(library_files())
    new = (
        files["CS-VI-8.1/v1.md"]
        .decode()
        .replace("version: 1", "version: 2")
        .replace('"effective"', '"draft"')
        .replace("No threats.", "None.")
    )
    client.force_login(editor)
    down = client.get("/policies/files/policies.zip")
    assert down["Content-Type"] == "application/zip"
    assert files_of_zip(down.content) == files

    def send(do, content):
        upload = io.BytesIO(content)
        upload.name = "library.zip"
        return client.post("/policies/files/", {"do": do, "file": upload})

    tried = send("try", _zip(("wrapped/CS-VI-8.1/v2.md", new)))
    assert tried.status_code == 200
    assert "nothing was imported yet" in tried.content.decode()
    assert version.policy.versions.count() == 1
    assert send("import", _zip(("CS-VI-8.1/v2.md", new))).status_code == 200
    assert version.policy.versions.count() == 2
    assert send("import", b"nonsense").status_code == 422
    assert send("import", _zip(("CS-VI-8.1/v3.md", "nonsense"))).status_code == 422
    assert client.post("/policies/files/", {"do": "import"}).status_code == 422


def test_the_commands_write_a_folder_and_read_it(editor, tmp_path, capsys):
    make_version(policy=make_policy(key="CS-VI-8.1"))
    call_command("export_library", str(tmp_path / "out"))
    call_command("export_library", str(tmp_path / "out.zip"))
    (tmp_path / "out" / ".git").mkdir()
    (tmp_path / "out" / ".git" / "x.md").write_text("ignored")
    call_command("import_library", str(tmp_path / "out"), "--dry-run", "--by", editor.email)
    call_command("import_library", str(tmp_path / "out.zip"), "--by", editor.email)
    assert "2 are as they were" in capsys.readouterr().out
    (tmp_path / "out" / "CS-VI-8.1" / "v2.md").write_text("nonsense")

    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_library", str(tmp_path / "out"), "--by", editor.email)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("import_library", str(tmp_path / "out"), "--by", "nobody@example.test")
    assert write_folder(tmp_path / "again") == 2
