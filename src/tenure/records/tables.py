"""The tables of every room, made at once where there is none, else brought up to date."""

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_tables() -> None:
    """Bring the database to the tables that this version needs.

    In an empty database the tables are those of the models: the migrations would come to the same
    and take fifteen times as long. They are noted as done, so the next version goes on from there.
    """
    if connection.introspection.table_names():
        call_command("migrate", run_syncdb=True, verbosity=0)
        return
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        # In the same transaction: tables without these notes could never be brought up to date.
        note_migrations(editor)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def note_migrations(editor: BaseDatabaseSchemaEditor) -> None:
    """Note every migration, and those in whose place it stands, as done; nothing is noted yet."""
    recorder = MigrationRecorder(connection)
    disk = MigrationLoader(connection).disk_migrations
    done = {*disk, *(replaced for one in disk.values() for replaced in one.replaces)}
    editor.create_model(recorder.Migration)
    recorder.migration_qs.bulk_create(
        [recorder.Migration(app=app, name=name) for app, name in sorted(done)]
    )
