"""The mapper's half of the separation, alone: criteria on every statement, refusal at the flush."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import ForeignKey, Uuid, create_engine, delete, func, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, joinedload, mapped_column, relationship
from sqlalchemy.pool import StaticPool

from trustcenter.runtime.tenancy_sqlalchemy import ForeignRowError, TenantOwned, for_tenant

A, B = uuid4(), uuid4()


class Base(DeclarativeBase):
    pass


class Folder(TenantOwned, Base):
    __tablename__ = "folders"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    name: Mapped[str]
    notes: Mapped[list[Note]] = relationship(back_populates="folder")


class Note(TenantOwned, Base):
    __tablename__ = "notes"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    folder_id: Mapped[UUID] = mapped_column(ForeignKey("folders.id"))
    words: Mapped[str]
    folder: Mapped[Folder] = relationship(back_populates="notes")


@pytest.fixture
def engine():
    """Two tenants; a note of B lies, by a mistake of somebody, in a folder of A."""
    made = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(made)
    with Session(made) as session:
        for tenant in (A, B):
            folder = Folder(organisation_id=tenant, name=f"of {tenant}")
            session.add_all([folder, Note(organisation_id=tenant, folder=folder, words=f"of {tenant}")])
            if tenant == A:
                session.add(Note(organisation_id=B, folder=folder, words="astray"))
        session.commit()
    return made


@pytest.fixture
def of_a(engine):
    with Session(engine) as session:
        yield for_tenant(session, A, row_security=False)


def test_selects_joins_aliases_counts_and_lazy_loads_see_one_tenant(of_a) -> None:
    other = aliased(Note)

    assert {note.organisation_id for note in of_a.scalars(select(Note))} == {A}
    assert of_a.scalar(select(func.count()).select_from(Note)) == 1
    assert {note.organisation_id for note in of_a.scalars(select(other))} == {A}
    assert len(of_a.execute(select(Folder, Note).join(Note)).all()) == 1
    (folder,) = of_a.scalars(select(Folder)).all()
    assert [note.organisation_id for note in folder.notes] == [A]
    of_a.expire_all()
    (eager,) = of_a.scalars(select(Folder).options(joinedload(Folder.notes))).unique().all()
    assert [note.organisation_id for note in eager.notes] == [A]


def test_a_key_of_another_tenant_is_not_there(engine, of_a) -> None:
    with Session(engine) as session:
        theirs = session.scalars(select(Note.id).where(Note.organisation_id == B)).first()

    assert of_a.get(Note, theirs) is None


def test_bulk_changes_reach_one_tenant(engine, of_a) -> None:
    of_a.execute(update(Note).values(words="changed"))
    of_a.execute(delete(Note).where(Note.words != "changed"))
    of_a.commit()

    with Session(engine) as session:
        assert session.scalars(select(Note.words).where(Note.organisation_id == A)).all() == ["changed"]
        assert session.scalar(select(func.count()).select_from(Note).where(Note.organisation_id == B)) == 2


def test_a_new_row_is_the_tenant_s_and_a_foreign_one_is_refused(of_a) -> None:
    folder = Folder(name="new")
    of_a.add(folder)
    of_a.flush()
    assert folder.organisation_id == A

    of_a.add(Folder(name="theirs", organisation_id=B))
    with pytest.raises(ForeignRowError):
        of_a.flush()


def test_a_row_is_not_given_away(of_a) -> None:
    note = of_a.scalars(select(Note)).first()
    note.organisation_id = B

    with pytest.raises(ForeignRowError):
        of_a.flush()


def test_raw_sql_is_refused_where_the_database_does_not_separate(of_a) -> None:
    with pytest.raises(ForeignRowError):
        of_a.execute(text("select * from notes"))


def test_a_session_is_bound_once(of_a) -> None:
    with pytest.raises(ForeignRowError):
        for_tenant(of_a, B, row_security=False)
