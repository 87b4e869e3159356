"""What the KPIs can announce."""

KPI_CREATED = "metrics.kpi_created"
KPI_EDITED = "metrics.kpi_edited"
KPI_ARCHIVED = "metrics.kpi_archived"
MEASUREMENT_RECORDED = "metrics.measurement_recorded"
OUTLOOK_STATED = "metrics.outlook_stated"
