"""Who may do what, as the tables of doors and of calls say it: each a group of the cast."""

MEMBERS = (
    "owner",
    "other_owner",
    "programme_manager",
    "gatekeeper",
    "executive",
    "auditor",
    "administrator",
)
MANAGERS = ("programme_manager", "administrator")
CREATORS = ("owner", "other_owner", "programme_manager", "administrator")
EDITORS = ("owner", "programme_manager", "administrator")
KEEPERS = ("owner", "programme_manager")
ANNOTATORS = (*KEEPERS, "gatekeeper")
DECIDERS = ("gatekeeper", "executive")
REVIEWERS = (*DECIDERS, "programme_manager")
HOLDERS = ("programme_manager", "gatekeeper", "executive")  # call and hold gate meetings
AUDITORS = ("programme_manager", "auditor", "administrator")
