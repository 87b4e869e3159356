"""Readings of KPIs fetched from other systems. No database: an address and a recipe in, a number and its time out.

collecting (asks one server and reads its answer) → fetching (the one door to the network) → connecting (to checked
addresses only) → addresses (which those are). The recipes know how a number is found: json_answers, csv_answers,
prometheus_api, prometheus_text.
"""
