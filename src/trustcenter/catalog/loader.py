"""Files to catalogue: a pure function that says everything that is wrong in one pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from trustcenter.catalog.controls import Surroundings, control_of
from trustcenter.catalog.declared import check_declared
from trustcenter.catalog.incidents import IncidentsShape, incidents_of
from trustcenter.catalog.problem_list import Part, ProblemList
from trustcenter.catalog.record_shapes import (
    CoverageShape,
    DeclarationShape,
    DocumentsShape,
    EngagementShape,
    SubprocessorsShape,
    WaiversShape,
)
from trustcenter.catalog.records import (
    coverage_of,
    declaration_of,
    documents_of,
    engagement_of,
    subprocessors_of,
    unique,
    waivers_of,
)
from trustcenter.catalog.reviewed_answers import ReviewedAnswersShape, reviewed_answers_of
from trustcenter.errors import Problems
from trustcenter.frameworks import KNOWN, framework
from trustcenter.instance import Instance
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.control import Control
from trustcenter.model.fact import FactSchema
from trustcenter.model.place import Place
from trustcenter.model.records import Declaration, Engagement, Subprocessor
from trustcenter.model.records import Document as Registered
from trustcenter.strict.document import Document
from trustcenter.strict.shape import Shape, check, in_order, suggest
from trustcenter.strict.yaml_reader import read as read_yaml

S = TypeVar("S", bound=Shape)

RECORDS = ("waivers", "documents", "subprocessors", "coverage", "incident-register", "answers")
"""Files beside the domains' folders."""
FOLDERS = ("declarations", "engagements")
"""Folders that hold records and no controls."""


def load(files: Mapping[str, bytes], instance: Instance, collectors: Mapping[str, CollectorDescription]) -> Catalogue:
    """The catalogue of an instance, from the bytes of its files (paths relative to the instance, as `read` gives them).

    Pure. Raises Problems with every error of every file, in the order of their places.
    """
    return _Loading(files, instance, collectors).catalogue()


class _Loading:
    def __init__(
        self, files: Mapping[str, bytes], instance: Instance, collectors: Mapping[str, CollectorDescription]
    ) -> None:
        self.files = files
        self.instance = instance
        self.around = Surroundings(collectors, instance.sources)
        self.problems = ProblemList()
        self.prefix = instance.controls.relative_to(instance.root).as_posix()
        self.controls: list[Control] = []
        self.declared: set[str] = set()
        self.schemas: dict[str, Mapping[str, FactSchema | None]] = {}

    def catalogue(self) -> Catalogue:
        check_declared(self.instance, self.around.collectors, self.problems)
        documents = {path: self._document(path) for path in sorted(self.files) if path != self.instance.file}
        for path, document in documents.items():
            if self._is_control(path):
                self._control(path, document)
        names = [*self.schemas, *(self.declared - self.schemas.keys())]
        subprocessors = self._subprocessors(documents, names)
        organisations = [one.id for one in subprocessors]
        coverage, root = self._record(CoverageShape, documents.get(f"{self.prefix}/coverage.yaml"))
        carved, irrelevant, gaps = (
            coverage_of(coverage, names, organisations, root) if coverage and root else ([], [], [])
        )
        waived, root = self._record(WaiversShape, documents.get(f"{self.prefix}/waivers.yaml"))
        sources = [source.name for source in self.instance.sources]
        unreadable = self.declared - self.schemas.keys()
        waivers = waivers_of(waived.waivers, self.schemas, unreadable, sources, root) if waived and root else []
        registered, root = self._record(DocumentsShape, documents.get(f"{self.prefix}/documents.yaml"))
        register = documents_of(registered, root) if registered and root else []
        declarations = self._declarations(documents, {one.id: one for one in register})
        engagements = self._engagements(documents, organisations)
        disclosed, root = self._record(IncidentsShape, documents.get(f"{self.prefix}/incident-register.yaml"))
        incidents = incidents_of(disclosed, root) if disclosed and root else None
        reviewed, root = self._record(ReviewedAnswersShape, documents.get(f"{self.prefix}/answers.yaml"))
        claims = [f"{control.id}/{claim.id}" for control in self.controls for claim in control.claims]
        answers = reviewed_answers_of(reviewed, claims, root) if reviewed and root else ()
        if self.problems:
            raise Problems(in_order(self.problems.found))
        return Catalogue(
            organisation=self.instance.organisation,
            controls=tuple(self.controls),
            sources=self.instance.sources,
            digest=digest_of(self.files),
            waivers=tuple(waivers),
            declarations=tuple(declarations),
            documents=tuple(register),
            subprocessors=tuple(subprocessors),
            engagements=tuple(engagements),
            carve_outs=tuple(carved),
            not_relevant=tuple(irrelevant),
            gaps=tuple(gaps),
            incidents=incidents,
            answers=answers,
            files=dict(self.files),
            frameworks={name: framework(name) for name in KNOWN},
        )

    def _document(self, path: str) -> Document | None:
        document, problems = read_yaml(self.files[path], path)
        self.problems.extend(problems)
        return document

    def _parts(self, path: str) -> tuple[str, ...]:
        inside = PurePosixPath(path)
        prefix = PurePosixPath(self.prefix)
        return inside.relative_to(prefix).parts if inside.is_relative_to(prefix) else ()

    def _is_control(self, path: str) -> bool:
        parts = self._parts(path)
        known = (len(parts) == 1 and parts[0].removesuffix(".yaml") in RECORDS) or (
            len(parts) == 2 and parts[0] in FOLDERS
        )
        if known:
            return False
        if len(parts) != 2:
            hint = suggest(parts[0], [f"{name}.yaml" for name in RECORDS]) if len(parts) == 1 else None
            what = f"a control lies in {self.prefix}/DOMAIN/NAME.yaml, a record beside the domains"
            self.problems.add(Place(path), what, hint)
            return False
        return True

    def _control(self, path: str, document: Document | None) -> None:
        parts = self._parts(path)
        self.declared.add(f"{parts[0]}.{PurePosixPath(path).stem}")
        if document is None:
            return
        found = control_of(document, self.files[path], self.prefix, self.around, self.problems)
        if found is not None:
            control, schemas = found
            self.controls.append(control)
            self.schemas[control.id] = schemas

    def _record(self, shape: type[S], document: Document | None) -> tuple[S | None, Part | None]:
        if document is None:
            return None, None
        found, problems = check(shape, document)
        self.problems.extend(problems)
        return found, Part(document, (), self.problems)

    def _subprocessors(self, documents: Mapping[str, Document | None], names: list[str]) -> list[Subprocessor]:
        shape, root = self._record(SubprocessorsShape, documents.get(f"{self.prefix}/subprocessors.yaml"))
        return subprocessors_of(shape, names, root) if shape and root else []

    def _declarations(
        self, documents: Mapping[str, Document | None], register: Mapping[str, Registered]
    ) -> list[Declaration]:
        found: list[Declaration] = []
        named: list[tuple[str, Part]] = []
        for document in self._in_folder(documents, "declarations"):
            shape, root = self._record(DeclarationShape, document)
            if shape is not None and root is not None:
                found.append(declaration_of(shape, register, root))
                named.append((shape.id, root.below("id")))
        unique(named, "declarations")
        return found

    def _engagements(self, documents: Mapping[str, Document | None], organisations: list[str]) -> list[Engagement]:
        found: list[Engagement] = []
        named: list[tuple[str, Part]] = []
        for document in self._in_folder(documents, "engagements"):
            shape, root = self._record(EngagementShape, document)
            if shape is not None and root is not None:
                found.append(engagement_of(shape, organisations, root))
                named.append((shape.id, root.below("id")))
        unique(named, "engagements")
        return found

    def _in_folder(self, documents: Mapping[str, Document | None], folder: str) -> list[Document]:
        inside = f"{self.prefix}/{folder}/"
        return [found for path, found in documents.items() if path.startswith(inside) and found is not None]


def digest_of(files: Mapping[str, bytes]) -> str:
    """The catalogue's digest: over the names and digests of its files."""
    named = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    text = json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
