"""When somebody may tell two pilots apart, and how an outcome reads. Pure."""

from datetime import date

from pilots.choices import PilotState

LONGEST_REASON = 300


def telling_blockers(*, is_told: bool, reason: str) -> list[str]:
    """Every reason why nobody can say now that two pilots are not the same."""
    reasons = [] if reason.strip() else ["Say why they are not the same."]
    if is_told:
        reasons.append("Somebody has said so already.")
    return reasons


def outcome_in_words(
    *, state: str, phase: str, since: date | None, ended_on: date | None, stopped_for: str
) -> str:
    """What became of a pilot: `Stopped in 2024: data not good enough`, `Active in Pilot since 2025`."""
    if state == PilotState.STOPPED:
        year = f" in {ended_on.year}" if ended_on else ""
        return (
            f"Stopped{year}: {stopped_for[:1].lower()}{stopped_for[1:]}" if stopped_for else f"Stopped{year}"
        )
    if state == PilotState.RETIRED:
        return f"Retired in {ended_on.year}" if ended_on else "Retired"
    when = f" since {since.year}" if since else ""
    if state == PilotState.INTAKE:
        return f"In intake{when}"
    held = "On hold" if state == PilotState.ON_HOLD else "Active"
    return f"{held} in {phase}{when}" if phase else f"{held}, phase unknown"
