"""KPIs, their measurements, and money."""

from metrics.models.benefit import Benefit, BenefitPeriod, BenefitPool
from metrics.models.budget import BudgetLine, BudgetPeriod
from metrics.models.kpi import Kpi, KpiQuerySet
from metrics.models.measurement import Measurement, MeasurementQuerySet
from metrics.models.outlook import Outlook
from metrics.models.tally import Tally

__all__ = [
    "Benefit",
    "BenefitPeriod",
    "BenefitPool",
    "BudgetLine",
    "BudgetPeriod",
    "Kpi",
    "KpiQuerySet",
    "Measurement",
    "MeasurementQuerySet",
    "Outlook",
    "Tally",
]
