"""Places, departments and what they answer for, categories and gates: what all other rooms look up."""
