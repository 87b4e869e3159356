"""The shape of the executive summary in the API. Amounts are text, so that no digit is lost."""

from typing import Any

from rest_framework import serializers

from gates.headline.rules import MEANINGS, Share
from gates.summary.money import MoneyOf
from gates.summary.queries import ExecutiveSummary, ShareOf
from metrics.value.totals import Totals
from pilots.serializers import Shown


class ShareShown(serializers.Serializer):
    started = serializers.IntegerField(help_text=f"{MEANINGS['Started']}.".capitalize())
    in_production = serializers.IntegerField(help_text=f"{MEANINGS['Reached production']}.".capitalize())
    delivering = serializers.IntegerField(
        help_text=f"Of those in production, with measured value: {MEANINGS['Measured value']}."
    )
    percent = serializers.IntegerField(
        allow_null=True,
        help_text="Delivering of started, cut off to whole percent; null while none has started.",
    )


class ShareOfProgramme(ShareShown):
    programme = serializers.SlugField()


class ShareOfQuarter(ShareShown):
    quarter = serializers.CharField(help_text="Of the start, such as 2026-Q3; unknown where nobody has told.")


class AmountsShown(serializers.Serializer):
    """Sums over the months that have ended, less what dis-benefits take."""

    expected = serializers.CharField(help_text="Expected up to and with `to_date`.")
    actual = serializers.CharField(help_text="The sum of the four bands.")
    asserted = serializers.CharField()
    measured = serializers.CharField()
    attributed = serializers.CharField()
    verified = serializers.CharField()


class SpendingShown(serializers.Serializer):
    plan = serializers.CharField(help_text="Planned for the whole journey.")
    due = serializers.CharField(help_text="Planned up to and with `to_date`.")
    actual = serializers.CharField(help_text="Spent up to and with `to_date`.")


class MoneyShown(serializers.Serializer):
    """One currency; amounts of several currencies are never added up."""

    currency = serializers.CharField()
    pilots = serializers.IntegerField(help_text="Pilots with benefits or a budget.")
    benefits = AmountsShown()
    hours = AmountsShown(help_text="Hours without a rate; they are in no amount of money.")
    spending = SpendingShown()


class SummaryShown(Shown):
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="When the oldest of these facts was counted."
    )
    sentence = serializers.CharField(help_text="The headline in words.")
    headline = ShareShown()
    by_programme = ShareOfProgramme(many=True)
    by_quarter = ShareOfQuarter(many=True)
    to_date = serializers.DateField(
        help_text="The last day that counts in `money`: that of the newest month that has ended."
    )
    money = MoneyShown(many=True)


def summary_shown(found: ExecutiveSummary) -> dict[str, Any]:
    return {
        "as_of": found.as_of,
        "sentence": found.share.sentence,
        "headline": _share(found.share),
        "by_programme": [_of("programme", row) for row in found.by_programme],
        "by_quarter": [_of("quarter", row) for row in found.by_quarter],
        "to_date": found.to_date,
        "money": [_money(row) for row in found.money],
    }


def _share(share: Share) -> dict[str, Any]:
    return vars(share) | {"percent": share.percent}


def _of(name: str, row: ShareOf) -> dict[str, Any]:
    return {name: row.key} | _share(row.share)


def _money(row: MoneyOf) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "pilots": row.pilots,
        "benefits": _amounts(row.numbers.money),
        "hours": _amounts(row.numbers.hours),
        "spending": {name: str(amount) for name, amount in vars(row.numbers.spending).items()},
    }


def _amounts(totals: Totals) -> dict[str, str]:
    bands = {band.value: str(sums.net) for band, sums in totals.bands.items()}
    return {"expected": str(totals.due.net), "actual": str(totals.actual.net)} | bands
