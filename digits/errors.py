"""The errors that callers may meet: one base class and a few named children."""


class InklingError(Exception):
    """An error that the user can mend; its text says what is wrong and what to do."""


class BadImage(InklingError):
    """A picture cannot be read: it is damaged or cut off."""


class UnsupportedImage(BadImage):
    """The bytes are not a picture of an accepted format."""


class ImageTooLarge(BadImage):
    """A picture has more pixels than are decoded."""


class NoInk(InklingError):
    """A picture is readable and blank."""


class UnknownModel(InklingError):
    """No network has that name; the text lists the names that exist."""


class UnknownMap(InklingError):
    """A network has no layer of that name, or the layer has no such map; the text lists what exists."""


class BadCheckpoint(InklingError):
    """A file of weights is damaged, foreign or hostile; the text names the file."""


class DataUnavailable(InklingError):
    """MNIST could not be found, fetched or verified; the text lists what was tried."""


class TrainingFailed(InklingError):
    """Training cannot go on, as when the loss is not a number; the text gives advice."""
