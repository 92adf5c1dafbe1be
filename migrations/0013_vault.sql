-- The keys of agencies, and privileged notes under them: what stands in these columns PostgreSQL cannot read.
-- +goose Up
-- +goose StatementBegin
do $$
begin
  if exists (select from korpu.legal_note) then
    raise exception 'korpu.legal_note holds notes in the clear, which no release after this step reads: start the demo with --fresh';
  end if;
end $$;
-- +goose StatementEnd
set local role korpu_owner;

create table korpu.data_key (
  agency_id  uuid not null,
  keyset     bytea not null,
  created_at timestamptz not null default now(),
  moved_at   timestamptz not null default now(),
  constraint data_key_pkey primary key (agency_id),
  constraint data_key_agency_exists foreign key (agency_id) references korpu.agency (id)
);
comment on table korpu.data_key is 'The keys with which an agency''s values are encrypted, themselves encrypted with a key that is outside of the database.';
comment on column korpu.data_key.moved_at is 'When values were last moved to the newest key.';

-- The views that show the columns go with them, until the policy of this release is applied.
drop view korpu.released_note cascade;
alter table korpu.legal_note drop column title cascade, drop column body cascade;
alter table korpu.legal_note add column title bytea not null;
alter table korpu.legal_note add column body bytea not null;
comment on column korpu.legal_note.title is 'Encrypted with the key of agency_id, for this table, column and id.';
comment on column korpu.legal_note.body is 'Encrypted with the key of agency_id, for this table, column and id.';

create view korpu.released_note as
select r.id, n.child_id, n.agency_id, n.author_id, n.created_at, r.note_id, n.id as legal_note_id, r.recipient_id, r.at, n.title, n.body
  from korpu.note_release r join korpu.legal_note n on n.id = r.note_id;
comment on view korpu.released_note is 'A note as its recipient has it: one row for each recipient.';
reset role;
