"""Made-up words from which generated portfolios are named."""


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


SUBJECTS = _list(
    """Claims intake, Invoice matching, Contract clause, Shift roster, Spare parts demand, Warranty case,
    Field visit, Tender answer, Supplier risk, Meter reading, Complaint letter, Weld seam, Paint defect,
    Route plan, Cold chain, Loan file, Sanctions alert, Audit sample, Lab report, Discharge letter,
    Bed occupancy, Job application, Course content, Travel expense, Network fault, Service ticket,
    Legacy code, Test case, Energy load, Price offer, Returns reason, Customs paper, Patent search,
    Grant application, Permit file, Safety report, Product copy, Call summary, Churn, Cash forecast"""
)
TOOLS = _list(
    """assistant, triage, forecast, summariser, inspector, copilot, classifier, search, recommender,
    anomaly watch, drafting aid, extractor, matcher, planner, quality check"""
)
UNITS = _list(
    """Customer service, Finance, Legal, Supply chain, Plant north, Plant south, Field service, Sales,
    Human resources, Group IT, Procurement, Risk office, Logistics, Laboratory, Marketing"""
)
PROGRAMMES = _list(
    """Customer operations, Back office, Plants and supply, Commercial, Corporate functions, Technology,
    Research, Public services, Care, Field work"""
)
FIRST_NAMES = _list(
    """Ada, Bruno, Carla, Dario, Elif, Farid, Greta, Hugo, Ines, Jonas, Keiko, Lukas, Mina, Nadia, Omar,
    Petra, Quentin, Rosa, Samir, Tova, Ulf, Vera, Wim, Xenia, Yusuf, Zora"""
)
LAST_NAMES = _list(
    """Abel, Brandt, Costa, Dimov, Eriksen, Fontaine, Gruber, Hakimi, Ivanov, Jansen, Kaya, Lindholm,
    Marques, Novak, Okoye, Pereira, Quist, Rossi, Schuster, Tanaka, Urban, Vidal, Weber, Xu, Yilmaz, Zeman"""
)
VENDORS = ("", "", "Norrland AI", "Brightfold", "Cadence Labs", "Own team", "Kestrel Systems")
MODELS = ("", "Gradient boosting", "Language model, 70B", "Vision transformer", "Language model, small")
# Name, unit, direction, usual baseline and target.
BUSINESS_KPIS = (
    ("Handling time", "min", "lower", 14, 9),
    ("Cost per case", "€", "lower", 21, 15),
    ("First-time-right share", "%", "higher", 71, 85),
    ("Cases closed per day", "cases", "higher", 120, 165),
    ("Overdue cases", "cases", "lower", 300, 140),
)
OTHER_KPIS = {
    "adoption": (
        ("Weekly users", "people", "higher", 5, 80),
        ("Share of cases handled with it", "%", "higher", 3, 60),
    ),
    "technical": (
        ("Accuracy on the frozen test set", "%", "higher", 78, 92),
        ("Response time p95", "s", "lower", 7, 3),
    ),
    "guardrail": (("Answers later corrected", "%", "lower", 9, 3),),
}
NOTES = {
    "met": "Shown to the people who use it; they agree.",
    "in_progress": "Under way; a first version is being tried.",
    "not_met": "Tried and not good enough yet.",
}
SYSTEMS = ("Order system", "Customer record", "Document archive", "Ledger", "Ticket system", "Time recording")
SOURCES = ("Orders of three years", "Letters and mails", "Readings of the machines", "Contracts", "Tickets")
SHORTCUTS = (
    "Files are copied by hand",
    "One account for all users",
    "Rules are kept in the prompt",
    "No test set",
)
RISKS = ("Wrong answers are believed", "Data leaves the house", "One supplier only", "Users work around it")
LESSONS = ("Live data came late", "Users in the team saved weeks", "The baseline took longer than the model")
