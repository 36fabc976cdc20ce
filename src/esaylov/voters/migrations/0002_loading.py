"""What only the schema's owner may do, as functions that the application's role may call: a table for each changeset that waits,
and the list's indexes taken away and made again around a load that writes most of it.
"""

from django.db import migrations

STAGE = """
CREATE FUNCTION voters_open_stage(changeset bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE UNLOGGED TABLE voters_change_%s (
        kind smallint NOT NULL, voter bigint NOT NULL, pinfl uuid, document uuid, content uuid, house bigint,
        district integer NOT NULL, mahalla integer, precinct integer, reason text, sealed bytea
    )', changeset);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON voters_change_%s TO %I', changeset, session_user);
END $$;
CREATE FUNCTION voters_drop_stage(changeset bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS voters_change_%s', changeset);
END $$;
"""
DROP_STAGE = "DROP FUNCTION voters_open_stage(bigint); DROP FUNCTION voters_drop_stage(bigint);"

LOAD = """
CREATE FUNCTION voters_begin_load() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE voters_voter IN ACCESS EXCLUSIVE MODE;
    ALTER TABLE voters_voter DROP CONSTRAINT voters_voter_pkey, DROP CONSTRAINT voter_pinfl;
    DROP INDEX voter_document, voter_precinct, voter_house;
    IF NOT EXISTS (SELECT 1 FROM voters_voter) THEN
        -- A table that is new in its transaction needs no write-ahead log where the server keeps a minimal one.
        TRUNCATE voters_voter;
    END IF;
END $$;
CREATE FUNCTION voters_end_load() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET maintenance_work_mem = '768MB' AS $$
BEGIN
    ALTER TABLE voters_voter ADD CONSTRAINT voters_voter_pkey PRIMARY KEY (id);
    ALTER TABLE voters_voter ADD CONSTRAINT voter_pinfl UNIQUE (pinfl);
    CREATE INDEX voter_document ON voters_voter (document);
    CREATE INDEX voter_precinct ON voters_voter (precinct);
    CREATE INDEX voter_house ON voters_voter (mahalla, house);
    ANALYZE voters_voter;
END $$;
"""
DROP_LOAD = "DROP FUNCTION voters_begin_load(); DROP FUNCTION voters_end_load();"

# Numbers of entries are taken in blocks: each value stands for itself and the 65,535 after it.
IDS = "CREATE SEQUENCE voters_voter_ids INCREMENT BY 65536"
DROP_IDS = "DROP SEQUENCE voters_voter_ids"


class Migration(migrations.Migration):
    dependencies = [("voters", "0001_voter_list")]

    operations = [
        migrations.RunSQL(STAGE, DROP_STAGE),
        migrations.RunSQL(LOAD, DROP_LOAD),
        migrations.RunSQL(IDS, DROP_IDS),
    ]
