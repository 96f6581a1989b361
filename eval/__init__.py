"""How right the facts are: each measure on labelled data, beside a plain alternative."""
