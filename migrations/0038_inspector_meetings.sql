-- Meetings of children's inspectors with the children whom they supervise: for their author, and for the child's worker.
-- +goose Up
set local role korpu_owner;

create table korpu.inspector_meeting (
  id          uuid not null default gen_random_uuid(),
  child_id    uuid not null,
  case_id     uuid not null,
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  at          timestamptz not null,
  topic       text not null,
  agreed_step text,
  constraint inspector_meeting_pkey primary key (id),
  constraint inspector_meeting_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint inspector_meeting_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint inspector_meeting_author_exists foreign key (author_id) references korpu.staff (id),
  constraint inspector_meeting_topic_is_known check (topic in ('SCHOOL','FAMILY','WORK','LEISURE','CONDITIONS','SAFETY','OTHER'))
);
comment on table korpu.inspector_meeting is 'That a children''s inspector has met a child: about what, and what was agreed.';
create index inspector_meeting_by_child on korpu.inspector_meeting (child_id, at desc, id desc);
create index inspector_meeting_by_case on korpu.inspector_meeting (case_id, at desc, id desc);
create index inspector_meeting_by_author on korpu.inspector_meeting (author_id, at desc, id desc);
create index inspector_meeting_by_moment on korpu.inspector_meeting (at desc, id desc);
create statistics korpu.inspector_meeting_keys (dependencies) on case_id, child_id from korpu.inspector_meeting;

create trigger a_fills_keys before insert on korpu.inspector_meeting for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
-- +goose StatementBegin
create function korpu.check_meeting() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.at > now() then
    perform korpu.refuse('at lies in the future');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger meeting_has_been after insert on korpu.inspector_meeting for each row when (korpu.commanded()) execute function korpu.check_meeting();

select korpu.guard_commands('inspector_meeting');
revoke all on function korpu.check_meeting() from public;
reset role;
