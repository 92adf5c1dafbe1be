-- What a psychologist notes of a meeting is for the psychologist, and with the child's consent for the clinic's lawyer. Encrypted with a key of the centre.
-- +goose Up
set local role korpu_owner;

create table korpu.psychological_note (
  id         uuid not null default gen_random_uuid(),
  version    integer not null default 1,
  child_id   uuid not null,
  case_id    uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  session_id uuid not null,
  domain     text not null,
  written_at timestamptz not null,
  body       bytea not null,
  constraint psychological_note_pkey primary key (id),
  constraint psychological_note_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint psychological_note_author_exists foreign key (author_id) references korpu.staff (id),
  constraint psychological_note_is_of_its_session foreign key (session_id, case_id, child_id) references korpu.session (id, case_id, child_id)
);
comment on table korpu.psychological_note is 'What a psychologist noted of a meeting.';
comment on column korpu.psychological_note.body is 'Encrypted with the key of agency_id, for this table, column and id.';
create index psychological_note_by_session on korpu.psychological_note (session_id, written_at desc, id desc);
create index psychological_note_by_child on korpu.psychological_note (child_id, written_at desc, id desc);
create statistics korpu.psychological_note_keys (dependencies) on case_id, child_id from korpu.psychological_note;

create trigger a_fills_keys before insert on korpu.psychological_note for each row when (new.child_id is null) execute function korpu.fill_note();
select korpu.guard_commands('psychological_note');
reset role;
