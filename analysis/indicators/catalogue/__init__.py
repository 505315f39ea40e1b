"""The eighteen indicators: what each is, how it reads, and where it is from."""

from __future__ import annotations

from analysis.indicators.catalogue.mobilisation import MOBILISATION
from analysis.indicators.catalogue.orchestration import ORCHESTRATION
from analysis.indicators.catalogue.time import TIME
from analysis.indicators.indicator import Spec

CATALOGUE: dict[str, Spec] = {
    spec.name: spec
    for spec in sorted((*TIME, *MOBILISATION, *ORCHESTRATION), key=lambda spec: spec.number)
}
