"""What is different between two packs, or a pack and the gate as it is now, in sentences. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from gates.digest import differences

Content = Mapping[str, Any]

MONEY = {"cost": "Cost to go", "value": "Value to go"}


def compared(before: Content, now: Content) -> list[str]:
    """What has changed from one to the other; [] when nothing that counts has.

    Of two packs of the same gate and attempt everything that a decision stands on; else only what
    outlasts a gate, which is KPIs, money and risks.
    """
    if not same_gate(before, now):
        return [
            *_kpis(before, now),
            *_judgements(before, now),
            *_money(before, now),
            *_plan(before, now),
            *_risks(before, now),
        ]
    return [
        *_ask(before, now),
        *_dates(before, now),
        *_recommendation(before, now),
        *(found.text for found in differences(before["facts"], now["facts"])),
        *_judgements(before, now),
        *_money(before, now),
        *_plan(before, now),
        *_risks(before, now),
        *_quorum(before, now),
        *_dissent(before, now),
        *_terms(before, now),
    ]


def same_gate(before: Content, now: Content) -> bool:
    """Whether both are of one gate at the same attempt."""
    one, other = before["gate"], now["gate"]
    return (one["key"], one["attempt"]) == (other["key"], other["attempt"])


def kpis_since(facts: Mapping[str, Any], now: Content) -> list[str]:
    """What has changed of the KPIs since these facts of another gate."""
    return [found.text for found in differences({**now["facts"], "kpis": facts["kpis"]}, now["facts"])]


def _kpis(before: Content, now: Content) -> list[str]:
    return kpis_since(before["facts"], now)


def _ask(before: Content, now: Content) -> Iterator[str]:
    was, is_now = before["ask"], now["ask"]
    if was is not None and is_now is None:
        yield f"The request for review of {_day(was['at'])} no longer stands."
    elif is_now is not None and (was is None or is_now["at"] != was["at"]):
        yield f"{is_now['who']} asked for the review {'again ' if was else ''}on {_day(is_now['at'])}."


def _dates(before: Content, now: Content) -> Iterator[str]:
    for field, words in (("planned_on", "planned for"), ("forecast_on", "forecast for")):
        was, is_now = before["gate"][field], now["gate"][field]
        if was != is_now:
            yield f"The gate was {words} {_day(was)} and is now {words} {_day(is_now)}."


def _day(value: str | None) -> str:
    """A day in words; of a moment its day."""
    return f"{datetime.fromisoformat(value):%-d %b %Y}" if value else "no day"


def _recommendation(before: Content, now: Content) -> Iterator[str]:
    was, is_now = before["recommendation"]["label"], now["recommendation"]["label"]
    if was != is_now:
        yield f"The facts recommended {was.lower()} and now recommend {is_now.lower()}."


def _money(before: Content, now: Content) -> Iterator[str]:
    was, is_now = before["money"], now["money"]
    if was is None and is_now is None:
        return
    if was is None or is_now is None:
        yield f"What going on costs and brings is {'no longer' if is_now is None else 'now'} said."
        return
    for field, words in MONEY.items():
        if was[field] != is_now[field]:
            yield f"{words} was {was[field]} and is now {is_now[field]}."
    if was["horizon_months"] != is_now["horizon_months"]:
        yield (
            f"Value to go was counted over {was['horizon_months']} months and is now counted over "
            f"{is_now['horizon_months']}."
        )


def _judgements(before: Content, now: Content) -> Iterator[str]:
    """Which KPIs came to their target over all readings that count, or no longer are at it.

    Packs frozen before this was kept say nothing of it.
    """
    was = {kpi["name"]: kpi for kpi in before["kpis"] if "judgement" in kpi}
    for kpi in now["kpis"]:
        old = was.get(kpi["name"])
        if old is None or "judgement" not in kpi:
            continue
        name = f"KPI “{kpi['name']}”"
        if kpi["at_target_since"] and not old["at_target_since"]:
            yield f"{name} is at target since {_day(kpi['at_target_since'])}."
        elif old["at_target_since"] and not kpi["at_target_since"]:
            yield f"{name} is no longer at target."
        if old["counts_from"] != kpi["counts_from"]:
            since = f" and not from {_day(old['counts_from'])}" if old["counts_from"] else ""
            yield f"{name}: readings count from {_day(kpi['counts_from'])} on{since}."


PLAN = {
    "budget_total": "The budget",
    "cost_to_go": "By the plan, what is still to be spent",
    "value_to_go": "By the plan, value to go",
}


def _plan(before: Content, now: Content) -> Iterator[str]:
    """What benefits and budget say; nothing where one of the packs is older than that."""
    was, is_now = before.get("plan"), now.get("plan")
    if "plan" not in before or "plan" not in now or was == is_now:
        return
    if was is None or is_now is None:
        yield f"Benefits and budget are {'no longer' if is_now is None else 'now'} told."
        return
    for field, words in PLAN.items():
        if was[field] != is_now[field]:
            yield f"{words} was {was[field] or 'not said'} and is now {is_now[field] or 'not said'}."
    if was["flag"] != is_now["flag"]:
        yield is_now["flag"] or "The budget is in proportion now."
    yield from _benefits(was, is_now)


def _benefits(was: Content, is_now: Content) -> Iterator[str]:
    """What came so far and how much of it is verified, of money and of hours."""
    old = {one["unit"]: one for one in was["benefits"]}
    for one in is_now["benefits"]:
        unit, before = one["unit"], old.get(one["unit"])
        if before is None:
            yield f"Benefits are now counted in {unit}."
        elif before["actual"] != one["actual"]:
            yield f"Benefits by then were {before['actual']} {unit} and are now {one['actual']}."
        if before is not None and before["bands"][-1] != one["bands"][-1]:
            yield f"Of them {before['bands'][-1][1]} {unit} were verified and now {one['bands'][-1][1]}."


def _risks(before: Content, now: Content) -> Iterator[str]:
    """Which risks are new, stand otherwise or are closed; nothing where one of the packs is older than that."""
    if "risks" not in before or "risks" not in now:
        return
    was = {one["title"]: one["word"] for one in before["risks"]}
    is_now = {one["title"]: one["word"] for one in now["risks"]}
    for title, word in is_now.items():
        if title not in was:
            yield f"Risk “{title}” is new: {word.lower()}."
        elif was[title] != word:
            yield f"Risk “{title}” was {was[title].lower()} and is now {word.lower()}."
    yield from (f"Risk “{title}” is closed or removed." for title in was if title not in is_now)


def _quorum(before: Content, now: Content) -> Iterator[str]:
    was, is_now = _signed(before), _signed(now)
    yield from (f"{person} has signed as {role}." for role, person in is_now if (role, person) not in was)
    yield from (
        f"The signature of {person} as {role} no longer stands."
        for role, person in was
        if (role, person) not in is_now
    )
    if before["quorum"]["reached"] != now["quorum"]["reached"]:
        yield (
            "Enough people have signed now."
            if now["quorum"]["reached"]
            else "Not enough signatures stand now."
        )


def _signed(content: Content) -> list[tuple[str, str]]:
    return [
        (role["label"], seat["person"])
        for role in content["quorum"]["roles"]
        for seat in role["seats"]
        if seat["tone"] == "ok"
    ]


def _dissent(before: Content, now: Content) -> Iterator[str]:
    was = {_voice(one): one for one in before["dissent"]}
    is_now = {_voice(one): one for one in now["dissent"]}
    for voice, one in is_now.items():
        if was.get(voice, {}).get("level") != one["level"]:
            yield f"{one['who']} sees a {one['level'].lower()}{_about(one)}."
    for voice, one in was.items():
        if voice not in is_now:
            yield f"{one['who']} no longer sees a {one['level'].lower()}{_about(one)}."


def _voice(one: Mapping[str, Any]) -> tuple[str, str]:
    return one["who"], one["about"]


def _about(one: Mapping[str, Any]) -> str:
    return f" at {one['about']}" if one["about"] else ""


def _terms(before: Content, now: Content) -> Iterator[str]:
    """That terms were moved; which, the facts say themselves."""
    if before["terms"]["words"] != now["terms"]["words"]:
        yield f"{now['terms']['words']}."
