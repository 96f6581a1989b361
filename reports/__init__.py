"""The daily brief: one self-contained page per edition, made from one publication alone."""
