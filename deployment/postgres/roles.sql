-- Roles of the database cats_dogs: its owner, who is the service, and a reader for dashboards.
-- Run at each start, in this database and as its superuser; one statement may take several lines.
DO $$ BEGIN CREATE ROLE cats_dogs; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE belvedere_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
ALTER ROLE cats_dogs LOGIN PASSWORD :'owner_password';
ALTER ROLE belvedere_reader LOGIN PASSWORD :'reader_password' CONNECTION LIMIT 20;
ALTER ROLE belvedere_reader SET default_transaction_read_only = on;
ALTER ROLE belvedere_reader SET statement_timeout = '30s';
ALTER DATABASE cats_dogs OWNER TO cats_dogs;
REVOKE ALL ON DATABASE cats_dogs FROM PUBLIC;
GRANT CONNECT ON DATABASE cats_dogs TO belvedere_reader;
GRANT USAGE ON SCHEMA public TO belvedere_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO belvedere_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE cats_dogs IN SCHEMA public
  GRANT SELECT ON TABLES TO belvedere_reader;
