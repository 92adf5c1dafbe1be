-- The audit: who read and who changed what. Records are only ever added, each linked to the one before it by a hash.
-- +goose Up
-- +goose StatementBegin
do $$
begin
  create role korpu_audit_writer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- +goose StatementEnd
set local role korpu_owner;

-- A record of a page of cases is some kilobytes of identifiers, which do not compress: it stays in its row.
create table korpu.audit_record (
  chain   uuid not null,
  seq     bigint not null,
  at      timestamptz not null,
  command uuid,
  body    text not null,
  hash    bytea not null,
  constraint audit_record_pkey primary key (chain, seq)
) with (toast_tuple_target = 8160);
alter table korpu.audit_record alter column body set storage external;
comment on table korpu.audit_record is 'Who asked for what, and what was answered: chains of records, one for each instance and start. Never changed.';
comment on column korpu.audit_record.hash is 'SHA-256 of the hash before it, the chain, the number and the body.';
create unique index audit_record_links_a_command_once on korpu.audit_record (command) where command is not null;

create table korpu.audit_command (
  id   uuid not null,
  at   timestamptz not null,
  body text not null,
  constraint audit_command_pkey primary key (id)
);
comment on table korpu.audit_command is 'What a command did, written in its own transaction; a record with the same body links it to a chain before its answer leaves. Never changed.';

-- +goose StatementBegin
create function korpu.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'korpu.% is only ever added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;
-- +goose StatementEnd
comment on function korpu.refuse_change() is 'Refuses to change or remove what was recorded, to the owner too.';
create trigger audit_record_is_only_added_to before update or delete or truncate on korpu.audit_record
  for each statement execute function korpu.refuse_change();
create trigger audit_command_is_only_added_to before update or delete or truncate on korpu.audit_command
  for each statement execute function korpu.refuse_change();

grant usage on schema korpu to korpu_audit_writer;
grant select, insert on korpu.audit_record to korpu_audit_writer;
grant select on korpu.audit_command to korpu_audit_writer;
revoke all on all functions in schema korpu from public;
reset role;
