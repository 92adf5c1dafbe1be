-- The versions of the policy: immutable, one of them current. A version's views stand in schemas of their own.
-- +goose Up
set local role korpu_owner;

create table korpu.policy_version (
  version    bigint not null generated always as identity,
  hash       text not null,
  rules      jsonb not null,
  sdl_hash   text not null,
  views      jsonb not null,
  applied_at timestamptz not null default now(),
  constraint policy_version_pkey primary key (version)
);
comment on table korpu.policy_version is 'A policy as it was applied: its rules, and the hashes of its views as installed.';

create table korpu.policy_current (
  only_row boolean not null default true,
  version  bigint not null,
  constraint policy_current_pkey primary key (only_row),
  constraint policy_current_is_one_row check (only_row),
  constraint policy_current_version_exists foreign key (version) references korpu.policy_version (version)
);
comment on table korpu.policy_current is 'The version that answers. Every request reads it in its own snapshot.';

grant usage on schema korpu to korpu_hub;
grant select on korpu.admitted, korpu.admission, korpu.client_admission, korpu.policy_version, korpu.policy_current to korpu_hub;
revoke all on all functions in schema korpu from public;
reset role;
