"""KPIs, their measurements, and money."""

from metrics.models.annotation import Annotation
from metrics.models.benefit import Benefit, BenefitPeriod, BenefitPool
from metrics.models.budget import BudgetLine, BudgetPeriod
from metrics.models.collector import AllowedHost, Collector, CollectorRun
from metrics.models.definition import KpiDefinition
from metrics.models.kpi import Kpi, KpiQuerySet
from metrics.models.measurement import Measurement, MeasurementQuerySet
from metrics.models.outlook import Outlook
from metrics.models.reading_file import ReadingFile
from metrics.models.tally import Tally
from metrics.models.terms import AskedTerms

__all__ = [
    "AllowedHost",
    "Annotation",
    "AskedTerms",
    "Benefit",
    "BenefitPeriod",
    "BenefitPool",
    "BudgetLine",
    "BudgetPeriod",
    "Collector",
    "CollectorRun",
    "Kpi",
    "KpiDefinition",
    "KpiQuerySet",
    "Measurement",
    "MeasurementQuerySet",
    "Outlook",
    "ReadingFile",
    "Tally",
]
