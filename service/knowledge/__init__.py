"""Answers that can be read out: to questions that come again and again, with the law they rest on."""
