"""Which feature of an element's data names its owner (rest-api, section 10: there is no setOwner).

Teamwork Cloud knows the metamodels and we do not: the features are listed, those that name the
nearest owner first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OWNER_FEATURES = (
    *("taggedValueOwner", "owningSlot", "owningInstance", "owningInstanceSpec", "owningProperty"),
    *("owningParameter", "owningExpression", "owningUpper", "owningLower", "owningConstraint"),
    *("owningTemplateParameter", "owningTransition", "owningState", "owningEnd"),
    *("owningAssociation", "owningSignal", "owningComment", "enumeration", "UMLClass", "class"),
    *("datatype", "interface", "specific", "substitutingClassifier", "implementingClassifier"),
    *("inStructuredNode", "container", "stateMachine", "inActivity", "activity"),
    *("enclosingOperand", "enclosingInteraction", "interaction", "behavioredClassifier"),
    *("nestingClass", "nestingPackage", "owningPackage", "importingNamespace"),
    *("applyingPackage", "receivingPackage", "owningNamespace", "owningElement", "owner"),
    # Of a parameter and of a region the owner; elsewhere what is called, or passed through.
    *("operation", "state"),
)


def reference(value: object) -> str | None:
    """Return the id that a value refers to, if it refers to exactly one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("@id")
    return value.removeprefix("#") if isinstance(value, str) and value else None


def named_owners(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids that features of ownership name, the nearest owner first."""
    for feature in OWNER_FEATURES:
        if (found := reference(data.get(feature))) is not None:
            yield found


def names_owner(data: Mapping[str, Any]) -> bool:
    """Tell whether data says something of the owner: that there is none, too."""
    return any(feature in data for feature in OWNER_FEATURES)
