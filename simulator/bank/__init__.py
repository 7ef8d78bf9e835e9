"""A stand-in for the bank: firms the product may ask about, and facts the bank reports."""
