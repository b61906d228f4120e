"""What the person asked for, read from the environment once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.config import ROOT
from service.embedded import ports, processes, servers

# An address to listen on that is none to knock at, and the one to knock at instead.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


@dataclass(frozen=True)
class Settings:
    """Where the service keeps its data, where it listens, and everything else in the environment."""

    var: Path
    host: str
    port: int
    environ: Mapping[str, str]

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Read them from the environment.

        Raises:
            Unavailable: PORT is no port.
        """
        var = Path(environ.get("QST_VAR") or ROOT / "var").resolve()
        return cls(var, environ.get("HOST") or "127.0.0.1", ports.number(environ.get("PORT") or "5000"), environ)

    @property
    def knock(self) -> str:
        """A host under which this machine reaches the service."""
        return EVERYWHERE.get(self.host, self.host)

    @property
    def address(self) -> str:
        """Where a person on this machine finds the service."""
        return f"http://{ports.bracketed(self.knock)}:{self.port}"

    @property
    def embeds_database(self) -> bool:
        """Whether PostgreSQL is ours to run."""
        return not self.environ.get("DATABASE_URL")

    @property
    def embeds_redis(self) -> bool:
        """Whether Redis is ours to run."""
        return not self.environ.get("REDIS_URL")

    def surroundings(self) -> dict[str, str]:
        """The environment of everything that is started."""
        kept = servers.environment(self.environ) if self.embeds_database else {**servers.LOCALE, **self.environ}
        python = {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "FLASK_APP": "wsgi:app"}
        folders = {"QST_VAR": str(self.var), "QST_ROOT": str(ROOT), "TMPDIR": str(self.var / "tmp")}
        return {**kept, **python, **folders, processes.MARK: str(self.var), "HOST": self.host, "PORT": str(self.port)}
