/** A believable Ballast database. Its real schema is not published, so nothing in Keel knows this one. */
export const sampleSchema = `
CREATE TABLE organization (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE collection (
  id text PRIMARY KEY,
  organization_id text NOT NULL REFERENCES organization,
  name text NOT NULL,
  readable_id text NOT NULL UNIQUE);

CREATE TABLE source_connection (
  id text PRIMARY KEY,
  collection_id text NOT NULL REFERENCES collection,
  short_name text NOT NULL,
  name text NOT NULL,
  personal_user_id text,
  credentials text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON source_connection (collection_id);

CREATE TABLE oauth_token (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  source_connection_id text NOT NULL REFERENCES source_connection,
  access_token text NOT NULL,
  refresh_token text,
  expires_at timestamptz NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}');

CREATE TABLE destination (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id text NOT NULL REFERENCES organization,
  host text NOT NULL,
  username text NOT NULL,
  password text NOT NULL,
  connection_string text);

CREATE TABLE integration (
  organization_id text NOT NULL REFERENCES organization,
  kind text NOT NULL,
  settings jsonb NOT NULL,
  PRIMARY KEY (organization_id, kind));

CREATE TABLE api_key (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  key_prefix text NOT NULL,
  key_hash text NOT NULL,
  scope text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  expires_at timestamptz);

CREATE TABLE entity (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  collection_id text NOT NULL REFERENCES collection,
  content text NOT NULL,
  content_hash text NOT NULL,
  metadata jsonb NOT NULL);
`;
