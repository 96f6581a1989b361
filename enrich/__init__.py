"""Sentences, mentions, links, themes and near-duplicates of landed articles."""
