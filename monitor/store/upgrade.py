"""From whatever schema a store stands at to ours."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from monitor.errors import StoreError
from monitor.store.schema import REVISION, VERSION_TABLE, metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def behind(tx: Connection, store: str) -> bool:
    """Must this store be migrated? Raises StoreError for one that is newer than us, or another program's."""
    version = _version(tx, store)
    if version > REVISION:
        raise StoreError(
            f"store {store} was written by a newer wirewatch (schema {version}, this one knows {REVISION}); "
            "install that version, or put back the backup from before the upgrade"
        )
    return version < REVISION


def upgrade(tx: Connection, revision: str = "head") -> None:
    """Run every migration that is missing, all in this transaction: killed half-way, nothing has happened."""
    from alembic import command  # 0.2 s to import, and most starts have nothing to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = tx
    command.upgrade(config, revision)


def _version(tx: Connection, store: str) -> str:
    """Empty: a new store."""
    tables = set(inspect(tx).get_table_names())
    if VERSION_TABLE in tables:
        return str(tx.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) or "")
    if foreign := tables & set(metadata.tables):
        raise StoreError(
            f"store {store} holds tables of another program ({', '.join(sorted(foreign))}); choose another"
        )
    return ""
