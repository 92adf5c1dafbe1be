-- Who has read a child's file, in words for the child: drawn from the audit, and never anything but a copy of what stands there.
-- +goose Up
-- +goose StatementBegin
do $$
begin
  create role korpu_access_log_writer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- +goose StatementEnd
set local role korpu_owner;

create table korpu.access_log (
  id             uuid not null default gen_random_uuid(),
  child_id       uuid not null,
  case_id        uuid,
  agency_id      uuid not null,
  author_id      uuid not null,
  created_at     timestamptz not null default now(),
  role           text not null,
  purpose        text not null,
  day            date not null,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  times          integer not null,
  kinds          text[] not null,
  in_azerbaijani text not null,
  in_russian     text not null,
  in_english     text not null,
  constraint access_log_pkey primary key (id),
  constraint access_log_child_exists foreign key (child_id) references korpu.child (id) on delete cascade,
  constraint access_log_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id) on delete cascade,
  constraint access_log_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint access_log_author_exists foreign key (author_id) references korpu.staff (id),
  constraint access_log_is_one_a_day unique nulls not distinct (child_id, case_id, day, author_id, agency_id, role, purpose, kinds)
);
comment on table korpu.access_log is 'Who read what kinds of data of a child on a day, in which role and for which purpose; of a case where it was read for one, so that a sealed case takes it along.';
comment on column korpu.access_log.agency_id is 'The agency that read.';
comment on column korpu.access_log.author_id is 'The professional who read.';
create index access_log_by_child on korpu.access_log (child_id, first_at desc, id desc);

create table korpu.access_log_position (
  chain uuid not null,
  seq   bigint not null,
  constraint access_log_position_pkey primary key (chain)
);
comment on table korpu.access_log_position is 'How far the access log has been drawn from each chain of the audit.';

create view korpu.on_file as select id as child_id, null::uuid as case_id from korpu.child union all select child_id, id from korpu.case_file;
comment on view korpu.on_file is 'Which children and cases there are, and nothing of them: of what was destroyed nothing is drawn.';

grant usage on schema korpu to korpu_access_log_writer;
grant select on korpu.audit_record, korpu.agency, korpu.on_file to korpu_access_log_writer;
grant select, insert, update on korpu.access_log, korpu.access_log_position to korpu_access_log_writer;
reset role;
