"""Criteria catalogues as data: SOC 2, GDPR, CCPA. One YAML file each, read when first asked for."""

from trustcenter.frameworks.framework import Criterion, Framework, Reference
from trustcenter.frameworks.loader import KNOWN, framework, resolve

__all__ = ["KNOWN", "Criterion", "Framework", "Reference", "framework", "resolve"]
