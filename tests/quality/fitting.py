"""What the figures of a likeness count for, by logistic regression: the product's weights were found so."""

from collections.abc import Sequence

import numpy as np

from monitor.stories.likeness import Likeness, Weights

STEPS = 30
RIDGE = 1.0  # keeps what two figures share from going to one of them


def fitted(found: Sequence[Likeness], same: Sequence[bool]) -> Weights:
    """Newton's steps on the log likelihood."""
    figures = np.column_stack([np.array(found), np.ones(len(found))])
    gold = np.array(same, float)
    ridge = np.diag([RIDGE] * (figures.shape[1] - 1) + [0.0])
    weights = np.zeros(figures.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-figures @ weights))
        slope = figures.T @ (chance - gold) + ridge @ weights
        bend = (figures.T * (chance * (1 - chance))) @ figures + ridge
        weights -= np.linalg.solve(bend, slope)
    return Weights(Likeness(*weights[:-1].tolist()), float(weights[-1]))
