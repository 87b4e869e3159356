"""Tables of the roof: one file for each noun and what belongs to it."""

from gates.models.amendment import Amendment
from gates.models.decision import Condition, Decision
from gates.models.evidence import Evidence, EvidenceOfReading, EvidenceRevision, as_it_stands
from gates.models.gate import Assessment, Gate, PhaseEntry
from gates.models.handover import HandedThing, Handover
from gates.models.ledger import Delivery, Letter
from gates.models.meeting import Addition, AgendaItem, Attendee, GateReview, Vote
from gates.models.overlap import Commonplace, ComparedText, Distinction, Overlap, Word, WordOfText
from gates.models.pack import DecisionPack
from gates.models.playbook import Criterion, GateDefinition, Phase, Playbook, PlaybookVersion
from gates.models.review import Feedback, ReviewTurn
from gates.models.selection import Selection
from gates.models.sign import DeclaredAnswer, SignSpell
from gates.models.signoff import AskedSeat, Delegation, Gatekeeper, SignOff
from gates.models.summary import Summary
from gates.models.waiver import Waiver

__all__ = [
    "Addition",
    "AgendaItem",
    "Amendment",
    "AskedSeat",
    "Assessment",
    "Attendee",
    "Commonplace",
    "ComparedText",
    "Condition",
    "Criterion",
    "Decision",
    "DecisionPack",
    "DeclaredAnswer",
    "Delegation",
    "Delivery",
    "Distinction",
    "Evidence",
    "EvidenceOfReading",
    "EvidenceRevision",
    "Feedback",
    "Gate",
    "GateDefinition",
    "GateReview",
    "Gatekeeper",
    "HandedThing",
    "Handover",
    "Letter",
    "Overlap",
    "Phase",
    "PhaseEntry",
    "Playbook",
    "PlaybookVersion",
    "ReviewTurn",
    "Selection",
    "SignOff",
    "SignSpell",
    "Summary",
    "Vote",
    "Waiver",
    "Word",
    "WordOfText",
    "as_it_stands",
]
