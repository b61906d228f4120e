"""Text → category with probability and the words that decided; facts in the text; likeness of texts."""
