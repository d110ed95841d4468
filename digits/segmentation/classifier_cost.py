"""What the network makes of pieces of ink: how much each is unlike any one digit."""

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from digits.segmentation.components import Component

MAX_DIGIT_COST = 0.1  # a cost from which a piece may be something else
CLEAR = 0.7  # share of pieces that the network has to be clear about, where there are so many

# How much each digit image (N, 28, 28) is unlike any one digit: (N,) float32, −log of how likely each is one.
CostFunction = Callable[[np.ndarray], np.ndarray]


class ClassifierCost:
    """The network's opinion of the pieces of one page; it is asked once about each, however often one is looked at."""

    def __init__(self, cost: CostFunction) -> None:
        self._cost = cost
        self._known: WeakKeyDictionary[Component, float] = WeakKeyDictionary()  # thousands of halves come and go

    def costs(self, pieces: Sequence[Component]) -> np.ndarray:
        """The costs of these, (N,) float32; all that are new are asked about at once."""
        new = [piece for piece in dict.fromkeys(pieces) if piece not in self._known]
        if new:
            costs = self._cost(np.stack([piece.image for piece in new]))
            self._known.update(zip(new, costs.tolist(), strict=True))
        return np.array([self._known[piece] for piece in pieces], np.float32)

    def cost(self, piece: Component) -> float:
        """The cost of this one."""
        return float(self.costs([piece])[0])

    def clear(self, pieces: Sequence[Component]) -> list[Component]:
        """Those that it takes for digits."""
        return [piece for piece, cost in zip(pieces, self.costs(pieces), strict=True) if cost < MAX_DIGIT_COST]

    def is_clear(self, pieces: Sequence[Component], share: float = CLEAR) -> bool:
        """Whether it takes such a share of these for digits, or more; of none it does."""
        return len(self.clear(pieces)) >= share * len(pieces)
