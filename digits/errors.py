"""The errors that a caller may meet: one base class, so that a door can catch them all and say them plainly."""


class InklingError(Exception):
    """Something the user can mend; its text says what is wrong and what to do."""


class BadImage(InklingError):
    """The bytes are a picture that cannot be read (damaged, cut off)."""


class UnsupportedImage(BadImage):
    """The bytes are no picture of an accepted format."""


class ImageTooLarge(BadImage):
    """The picture has more pixels than are decoded here."""


class NoInk(InklingError):
    """The picture is readable and blank."""


class UnknownModel(InklingError):
    """No network has that name; the text lists those that exist."""


class UnknownMap(InklingError):
    """A network has no layer of that name, or the layer no such map; the text says what there is."""


class BadCheckpoint(InklingError):
    """A file of weights is damaged, foreign or hostile; the text names the file."""


class DataUnavailable(InklingError):
    """MNIST could not be found, fetched or verified; the text lists what was tried."""


class TrainingFailed(InklingError):
    """Training cannot go on (loss not a number, memory); the text advises."""
