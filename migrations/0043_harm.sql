-- Reports that a child comes to harm, by any professional who has to do with it. They need no consent, and open nothing but themselves.
-- +goose Up
set local role korpu_owner;

create table korpu.harm_report (
  id                 uuid not null default gen_random_uuid(),
  version            integer not null default 1,
  child_id           uuid not null,
  agency_id          uuid not null,
  author_id          uuid not null,
  created_at         timestamptz not null default now(),
  reported_at        timestamptz not null,
  kind               text not null,
  noticed_at         timestamptz not null,
  imminent           boolean not null,
  account            bytea,
  about_id           uuid,
  note_id            uuid,
  recipient_id       uuid not null,
  answered_at    timestamptz,
  answered_by_id uuid,
  urgency            integer not null generated always as (case when answered_at is not null then 0 when imminent then 2 else 1 end) stored,
  constraint harm_report_pkey primary key (id),
  constraint harm_report_belongs_to_child unique (id, child_id),
  constraint harm_report_child_exists foreign key (child_id) references korpu.child (id),
  constraint harm_report_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint harm_report_author_exists foreign key (author_id) references korpu.staff (id),
  constraint harm_report_about_exists foreign key (about_id) references korpu.staff (id),
  constraint harm_report_note_exists foreign key (note_id) references korpu.psychological_note (id) on delete set null,
  constraint harm_report_recipient_exists foreign key (recipient_id) references korpu.agency (id),
  constraint harm_report_answered_by_exists foreign key (answered_by_id) references korpu.staff (id),
  constraint harm_report_kind_is_known check (kind in ('VIOLENCE','SEXUAL_VIOLENCE','NEGLECT','EXPLOITATION','SELF_HARM','RISK','OTHER'))
);
comment on table korpu.harm_report is 'That a professional has seen or heard that a child comes to harm, and who was informed.';
comment on column korpu.harm_report.account is 'Encrypted with the key of agency_id, for this table, column and id.';
comment on column korpu.harm_report.note_id is 'The psychologist''s note on account of which a risk was reported. No field leads from the report to it.';
create index harm_report_by_urgency on korpu.harm_report (urgency desc, id desc);
create index harm_report_by_moment on korpu.harm_report (reported_at desc, id desc);
create index harm_report_by_child on korpu.harm_report (child_id, urgency desc, id desc);
create index harm_report_by_note on korpu.harm_report (note_id, urgency desc, id desc);

-- A risk is reported of the child of an own note. Who was asked to help a child, and is to know nothing else of it, informs who asked.
-- +goose StatementBegin
create function korpu.fill_harm_report() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.note_id is not null then
    select n.child_id into new.child_id from korpu.psychological_note n where n.id = new.note_id and n.author_id = new.author_id;
  end if;
  if new.recipient_id is null then
    select r.agency_id into new.recipient_id from korpu.referral r
     where r.child_id = new.child_id and r.receiver_id = new.agency_id and r.status in ('SENT', 'ACCEPTED', 'ACTIVE') order by r.sent_on desc, r.id limit 1;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_fills before insert on korpu.harm_report for each row when (korpu.commanded()) execute function korpu.fill_harm_report();

-- +goose StatementBegin
create function korpu.check_harm_report() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.noticed_at > now() then
    perform korpu.refuse('noticedAt lies in the future');
  elsif not exists (select from korpu.agency a where a.id = new.recipient_id and a.kind in ('DIVERSION_CENTRE', 'POLICE')) then
    perform korpu.refuse('recipient is no agency that answers for reports of harm');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger report_is_possible after insert on korpu.harm_report for each row when (korpu.commanded()) execute function korpu.check_harm_report();
create trigger b_ends_once before update on korpu.harm_report for each row when (korpu.commanded()) execute function korpu.end_once('answered_at', 'the report has been answered');

-- An emergency may rest on a report.
alter table korpu.emergency_access add column report_id uuid;
alter table korpu.emergency_access add constraint emergency_access_report_exists foreign key (report_id, child_id) references korpu.harm_report (id, child_id);

select korpu.guard_commands('harm_report');
revoke all on function korpu.fill_harm_report(), korpu.check_harm_report() from public;
reset role;
