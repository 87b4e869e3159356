from collections import Counter, defaultdict

from django.db import migrations


def follow_outlooks(apps, schema_editor):
    """A programme counts in the currency that most of its outlooks were said in, and keeps it."""
    said = defaultdict(Counter)
    outlooks = apps.get_model("metrics", "Outlook").objects
    for programme_id, currency in outlooks.order_by("currency").values_list("pilot__programme_id", "currency"):
        said[programme_id][currency] += 1
    programmes = apps.get_model("pilots", "Programme").objects
    for programme_id, currencies in said.items():
        currency = currencies.most_common(1)[0][0]
        programmes.filter(pk=programme_id).update(currency=currency, currency_is_fixed=True)


class Migration(migrations.Migration):
    dependencies = [("metrics", "0003_kpi_bands_and_owner"), ("pilots", "0006_currency")]

    operations = [migrations.RunPython(follow_outlooks, migrations.RunPython.noop)]
