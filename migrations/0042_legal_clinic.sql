-- The legal clinic: mandates with a day of signing and a supervising lawyer, shown in a case only by the clinic; tasks with deadlines;
-- review of notes by a second lawyer; and a check for conflicts of interest that says no more than yes or no.
-- +goose Up
set local role korpu_owner;

alter table korpu.legal_mandate add column capacity text not null default 'COUNSEL' constraint legal_mandate_capacity_is_known check (capacity in ('COUNSEL','SUPERVISOR'));
alter table korpu.legal_mandate add column signed_on date;
alter table korpu.legal_mandate add column until date;
alter table korpu.legal_mandate add constraint legal_mandate_belongs_to_child unique (id, child_id);
comment on column korpu.legal_mandate.until is 'For until when it was agreed; it lasts until it is ended.';

-- +goose StatementBegin
create function korpu.check_mandate() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.signed_on > current_date then
    perform korpu.refuse('signedOn lies in the future');
  elsif new.until <= new.since then
    perform korpu.refuse('until must be later than today');
  elsif new.capacity = 'SUPERVISOR' and not exists (select from korpu.staff s join korpu.staff_role r on r.staff_id = s.id
           where s.id = new.lawyer_id and s.id <> new.author_id and s.agency_id = new.agency_id and r.role = 'clinic_lawyer' and r.ended_at is null) then
    perform korpu.refuse('lawyer must be another lawyer of your clinic');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger mandate_is_possible after insert on korpu.legal_mandate for each row when (korpu.commanded()) execute function korpu.check_mandate();

-- Who supervises does so as long as somebody of the clinic acts for the child.
-- +goose StatementBegin
create function korpu.end_supervision() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update korpu.legal_mandate m set ended_at = new.ended_at
   where m.child_id = new.child_id and m.agency_id = new.agency_id and m.capacity = 'SUPERVISOR' and m.ended_at is null
     and not exists (select from korpu.legal_mandate o where o.child_id = new.child_id and o.agency_id = new.agency_id and o.capacity = 'COUNSEL' and o.ended_at is null);
  return null;
end $$;
-- +goose StatementEnd
create trigger mandate_ends_its_supervision after update of ended_at on korpu.legal_mandate for each row when (new.ended_at is not null and new.capacity = 'COUNSEL') execute function korpu.end_supervision();

create table korpu.power_of_attorney (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  case_id    uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  mandate_id uuid not null,
  lawyer_id  uuid not null,
  shown_at   timestamptz not null,
  ended_at   timestamptz,
  constraint power_of_attorney_pkey primary key (id),
  constraint power_of_attorney_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint power_of_attorney_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint power_of_attorney_author_exists foreign key (author_id) references korpu.staff (id),
  constraint power_of_attorney_lawyer_exists foreign key (lawyer_id) references korpu.staff (id),
  constraint power_of_attorney_is_of_its_mandate foreign key (mandate_id, child_id) references korpu.legal_mandate (id, child_id),
  constraint power_of_attorney_is_shown_once unique (mandate_id, case_id)
);
comment on table korpu.power_of_attorney is 'That the legal clinic has shown in a case for whom it acts.';
create index power_of_attorney_by_case on korpu.power_of_attorney (case_id, shown_at desc, id desc);
create statistics korpu.power_of_attorney_keys (dependencies) on case_id, child_id from korpu.power_of_attorney;

-- What is shown is a mandate of the own agency, which lasts.
-- +goose StatementBegin
create function korpu.fill_power_of_attorney() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  select m.child_id, m.lawyer_id into new.child_id, new.lawyer_id from korpu.legal_mandate m
   where m.id = new.mandate_id and m.agency_id = new.agency_id and m.ended_at is null;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_fills_keys before insert on korpu.power_of_attorney for each row when (new.child_id is null) execute function korpu.fill_power_of_attorney();

-- +goose StatementBegin
create function korpu.end_power_of_attorney() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update korpu.power_of_attorney set ended_at = new.ended_at where mandate_id = new.id and ended_at is null;
  return null;
end $$;
-- +goose StatementEnd
create trigger mandate_ends_what_was_shown after update of ended_at on korpu.legal_mandate for each row when (new.ended_at is not null) execute function korpu.end_power_of_attorney();

create table korpu.legal_task (
  id         uuid not null default gen_random_uuid(),
  version    integer not null default 1,
  child_id   uuid not null,
  case_id    uuid,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  due_on     date not null,
  what       bytea not null,
  document   bytea,
  done_at    timestamptz,
  constraint legal_task_pkey primary key (id),
  constraint legal_task_child_exists foreign key (child_id) references korpu.child (id),
  constraint legal_task_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint legal_task_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint legal_task_author_exists foreign key (author_id) references korpu.staff (id)
);
comment on table korpu.legal_task is 'What a lawyer of the clinic has to do for a client, and until when.';
comment on column korpu.legal_task.what is 'Encrypted with the key of agency_id, for this table, column and id.';
comment on column korpu.legal_task.document is 'Encrypted with the key of agency_id, for this table, column and id.';
create index legal_task_by_child on korpu.legal_task (child_id, due_on desc, id desc);
create index legal_task_by_day on korpu.legal_task (due_on desc, id desc);
create trigger b_ends_once before update on korpu.legal_task for each row when (korpu.commanded()) execute function korpu.end_once('done_at', 'it has been done');

alter table korpu.legal_note add column reviewed_at timestamptz;
alter table korpu.legal_note add column reviewer_id uuid constraint legal_note_reviewer_exists references korpu.staff (id);
alter table korpu.legal_note add constraint legal_note_is_reviewed_by_somebody_else check (reviewer_id <> author_id);
create index legal_note_by_author on korpu.legal_note (author_id, written_at desc, id desc);

-- Of a signed note nothing changes but that a second lawyer reviews it, once.
-- +goose StatementBegin
create function korpu.check_legal_note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if (new.title, new.body, new.signed_at) is distinct from (old.title, old.body, old.signed_at) then
    perform korpu.refuse('a signed note does not change');
  elsif old.reviewed_at is not null then
    perform korpu.refuse('the note has been reviewed');
  elsif new.reviewer_id = new.author_id then
    perform korpu.refuse('a second lawyer reviews a note, not its author');
  end if;
  return new;
end $$;
-- +goose StatementEnd
drop trigger b_ends_once on korpu.legal_note;
create trigger b_checks before update on korpu.legal_note for each row when (korpu.commanded() and old.signed_at is not null) execute function korpu.check_legal_note();

alter table korpu.case_file add column incident text;
comment on column korpu.case_file.incident is 'The number of the event in the register of the police.';
create index case_file_by_incident on korpu.case_file (incident) where incident is not null;

-- What is sealed is absent here too.
create function korpu.acts_against(of_child uuid) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select from korpu.case_file mine
                   join korpu.case_file other on other.incident = mine.incident and other.child_id <> mine.child_id and other.sealed_at is null
                   join korpu.legal_mandate m on m.child_id = other.child_id and m.agency_id = korpu.agency() and m.ended_at is null
                  where mine.child_id = of_child and mine.sealed_at is null)
$$;
comment on function korpu.acts_against(uuid) is 'Whether the agency of the caller acts for another child whose case is about the same event as one of this child.';

select korpu.guard_commands('power_of_attorney', 'legal_task');
revoke all on function korpu.check_mandate(), korpu.end_supervision(), korpu.fill_power_of_attorney(), korpu.end_power_of_attorney(), korpu.check_legal_note(), korpu.acts_against(uuid) from public;
reset role;
