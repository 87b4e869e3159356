"""Who counts how much of a saving that pilots share."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from metrics.models import Benefit, BenefitPool
from metrics.value.rules import HUNDRED, amount_in_words
from pilots.models import Programme


@dataclass(frozen=True)
class PoolLine:
    pool: BenefitPool
    shares: list[tuple[Benefit, str]]  # and its percent
    left: str  # percent that nobody counts


def pools_of(programme: Programme) -> list[PoolLine]:
    """The shared savings of a programme. Two queries."""
    benefits = Benefit.objects.listed().select_related("pilot").order_by("pilot__title", "name")
    found = programme.benefit_pools.prefetch_related(Prefetch("benefits", benefits))
    return [_line(pool) for pool in found.order_by("name")]


def _line(pool: BenefitPool) -> PoolLine:
    shares = [(benefit, benefit.share or Decimal(0)) for benefit in pool.benefits.all()]
    left = HUNDRED - sum((share for _, share in shares), Decimal(0))
    return PoolLine(pool, [(one, amount_in_words(share)) for one, share in shares], amount_in_words(left))
