"""One post and all that passed it on: who mattered, through whom it went, what shape it has."""
