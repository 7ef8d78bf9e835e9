"""What becomes of each table's rows when two records of a customer become one. Whoever adds a table with a follower
adds its name here; a test compares this with the mapped classes.
"""

# Moved as they are, after what would clash was settled (clashes.py).
MOVED = (
    "allowances",
    "article_previews",
    "article_testers",
    "audience_list_rows",
    "bank_facts",
    "campaign_chats",
    "campaign_credits",
    "campaign_effects",
    "campaign_recipients",
    "campaign_touches",
    "complaints",
    "contact_slots",
    "conversations",
    "customer_notes",
    "customer_tags",
    "data_requests",
    "deliveries",
    "followups",
    "leads",
    "legal_holds",
    "lessons",
    "mass_ledger",
    "parses",
    "referrals",
    "rescues",
    "sealed_records",
    "traits",
)
# Taken out and entered anew: the ledger refuses an update.
ENTERED_ANEW = ("consents",)
# Never rewritten; the merging's own row names the old id, by which they are found (bot/privacy/registry.py).
STAYING = ("audit_acts",)
