"""What is slow to load: the server that forks the processes of a case imports it once."""

import expectations.data_docs
import expectations.validate
import tests.prove.points
from enrich import ner
from warehouse import dbt

LOADED = (expectations.data_docs, expectations.validate, tests.prove.points)

ner.model()
dbt._manifest()
