"""Costs of components from a classifier: how unlike a single digit each one is."""

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from digits.segmentation.components import Component

MAX_DIGIT_COST = 0.1  # −log of the probability of a single digit: a component of a higher cost may be something else
MIN_DIGIT_LIKE_SHARE = 0.7  # of some components: if fewer look like digits, they are texture or print

# Digit images (N, 28, 28) float32 → (N,) float32: −log of the probability that each image is one digit.
CostFunction = Callable[[np.ndarray], np.ndarray]


class ClassifierCost:
    """Costs of the components of one page; each component is classified once."""

    def __init__(self, cost: CostFunction) -> None:
        self._cost = cost
        self._cached: WeakKeyDictionary[Component, float] = WeakKeyDictionary()  # thousands of halves come and go

    def costs(self, components: Sequence[Component]) -> np.ndarray:
        """Returns the cost of each component, (N,) float32; new components are classified in one batch."""
        new = [component for component in dict.fromkeys(components) if component not in self._cached]
        if new:
            costs = self._cost(np.stack([component.image for component in new]))
            self._cached.update(zip(new, costs.tolist(), strict=True))
        return np.array([self._cached[component] for component in components], np.float32)

    def cost(self, component: Component) -> float:
        """Returns the cost of one component."""
        return float(self.costs([component])[0])

    def digit_like(self, components: Sequence[Component]) -> list[Component]:
        """Returns the components that look like a digit: their cost is below `MAX_DIGIT_COST`."""
        costs = self.costs(components)
        return [component for component, cost in zip(components, costs, strict=True) if cost < MAX_DIGIT_COST]

    def look_like_digits(self, components: Sequence[Component], min_share: float = MIN_DIGIT_LIKE_SHARE) -> bool:
        """Returns True if at least this share of the components look like a digit; True for no components."""
        return len(self.digit_like(components)) >= min_share * len(components)
