"""Readings of KPIs fetched from other systems. No database: an address and a recipe in, a number and its time out.

recipes (as they are kept) → collecting (asks one server and reads its answer) → fetching (the one door to the
network) → connecting (to checked addresses only) → addresses (which those are). How a number is found know
json_answers, csv_answers, prometheus_api and prometheus_text. What is kept of all this is in metrics.collectors.
"""
