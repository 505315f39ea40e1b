"""gaung: from hashtags to reports and letters; in Python: `monitor.open(…)`, `monitor.read(…)`."""

from monitor.notebook import Folder as Folder
from monitor.notebook import Selected as Selected
from monitor.notebook import open as open
from monitor.notebook import read as read

__version__: str
