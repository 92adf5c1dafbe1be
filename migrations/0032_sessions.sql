-- Sessions: planned, held, missed or not delivered, with coded reasons, and notes for their author alone. Weeks and compliance are computed
-- from what is on record; what nobody has recorded is no absence.
-- +goose Up
set local role korpu_owner;

create table korpu.session (
  id            uuid not null default gen_random_uuid(),
  version       integer not null default 1,
  child_id      uuid not null,
  case_id       uuid not null,
  agency_id     uuid not null,
  author_id     uuid not null,
  created_at    timestamptz not null default now(),
  plan_id       uuid not null,
  action_id     uuid not null,
  domain        text not null,
  planned_at    timestamptz not null,
  place         text not null,
  held_at       timestamptz,
  ended_at      timestamptz,
  attended      text,
  reason        text,
  acceptable    boolean,
  instead_of_id uuid,
  constraint session_pkey primary key (id),
  constraint session_belongs_to_case_and_child unique (id, case_id, child_id),
  constraint session_belongs_to_action unique (id, action_id),
  constraint session_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint session_author_exists foreign key (author_id) references korpu.staff (id),
  constraint session_is_of_its_action foreign key (action_id, plan_id, case_id, child_id) references korpu.plan_action (id, plan_id, case_id, child_id),
  constraint session_instead_of_exists foreign key (instead_of_id, action_id) references korpu.session (id, action_id),
  constraint session_is_rescheduled_once unique (instead_of_id),
  constraint session_place_is_known check (place in ('CENTRE','HOME','SCHOOL')),
  constraint session_attended_is_known check (attended in ('YES','LATE','NO','NOT_DELIVERED')),
  constraint session_reason_is_known check (reason in ('ILLNESS','FAMILY','SCHOOL','TRANSPORT','DISTANCE','FORGOTTEN','REFUSED','WORKER_ABSENT','OTHER'))
);
comment on table korpu.session is 'One meeting with a child, as it was planned and as it went. Null in attended says that nobody has recorded it, not that the child stayed away.';
create index session_by_child on korpu.session (child_id, planned_at desc, id desc);
create index session_by_action on korpu.session (action_id, planned_at desc, id desc);
create index session_by_plan on korpu.session (plan_id, planned_at desc);
create index session_by_moment on korpu.session (planned_at desc, id desc);
create statistics korpu.session_keys (dependencies) on case_id, child_id from korpu.session;

create table korpu.session_note (
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
  constraint session_note_pkey primary key (id),
  constraint session_note_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint session_note_author_exists foreign key (author_id) references korpu.staff (id),
  constraint session_note_is_of_its_session foreign key (session_id, case_id, child_id) references korpu.session (id, case_id, child_id)
);
comment on table korpu.session_note is 'What a worker noted of a session, for the worker alone.';
comment on column korpu.session_note.body is 'Encrypted with the key of agency_id, for this table, column and id.';
create index session_note_by_session on korpu.session_note (session_id, written_at desc, id desc);
create statistics korpu.session_note_keys (dependencies) on case_id, child_id from korpu.session_note;

create view korpu.attendance_week as
select md5(a.id::text || to_char(w.begins, 'YYYYMMDD'))::uuid as id, a.child_id, a.case_id, a.agency_id, a.author_id, a.created_at, a.id as action_id, a.domain,
       w.begins::date as begins_on, a.times_per_week as target,
       (count(*) filter (where s.attended in ('YES', 'LATE')))::integer as attended,
       (count(*) filter (where s.attended = 'NO'))::integer as missed,
       (count(*) filter (where s.attended = 'NO' and s.acceptable))::integer as excused,
       (count(*) filter (where s.attended = 'NOT_DELIVERED'))::integer as not_delivered,
       (count(s.id) filter (where s.attended is null))::integer as not_recorded
  from korpu.plan_action a
  join korpu.care_plan p on p.id = a.plan_id and p.status in ('ACTIVE', 'CLOSED')
 cross join lateral generate_series(date_trunc('week', greatest(a.starts_on, current_date - 55)::timestamp),
                                    date_trunc('week', least(coalesce(a.ends_on, p.closed_on, current_date), current_date)::timestamp), interval '1 week') w (begins)
  left join korpu.session s on s.action_id = a.id and s.planned_at >= w.begins at time zone 'UTC' and s.planned_at < (w.begins + interval '1 week') at time zone 'UTC'
 where a.times_per_week is not null
 group by a.id, w.begins;
comment on view korpu.attendance_week is 'What became of an action of a care plan in each of the last eight weeks, beside its weekly target.';

-- A child keeps to a plan unless more than a quarter of what is on record of four weeks was missed without an acceptable reason. What was not
-- delivered, or not recorded, is not held against the child.
create or replace view korpu.status_card as
select d.id, d.child_id, d.case_id, d.agency_id, d.author_id, d.created_at,
       c.number as case_number, k.initials, k.year_of_birth,
       d.status, d.status_since as since, a.name as responsible_agency, d.next_review_on,
       coalesce((select case when count(*) filter (where s.attended in ('YES', 'LATE', 'NO')) = 0 then 'UNKNOWN'
                             when count(*) filter (where s.attended = 'NO' and s.acceptable is not true) * 4
                                > count(*) filter (where s.attended in ('YES', 'LATE', 'NO')) then 'AT_RISK'
                             else 'ON_TRACK' end
                   from korpu.care_plan p
                   left join korpu.session s on s.plan_id = p.id and s.planned_at >= current_date - 28 and s.planned_at < current_date
                  where p.case_id = d.case_id and p.status = 'ACTIVE'
                    and exists (select from korpu.plan_action t where t.plan_id = p.id and t.times_per_week is not null)
                  group by p.id limit 1), d.compliance) as compliance,
       least(d.next_review_on, d.ends_on) as valid_until
  from korpu.diversion d
  join korpu.case_file c on c.id = d.case_id
  join korpu.child k on k.id = d.child_id
  join korpu.agency a on a.id = d.agency_id;
comment on view korpu.status_card is 'The minimal answer on a diversion; valid until its next review or last day, whichever is first. Compliance follows from the sessions of a plan in force, else it is as the centre has rated it.';

-- +goose StatementBegin
create function korpu.fill_session() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  former korpu.session;
begin
  if new.action_id is null then
    select * into former from korpu.session s where s.id = new.instead_of_id;
    new.action_id := former.action_id;
    new.place := coalesce(new.place, former.place);
  end if;
  select a.child_id, a.case_id, a.plan_id, a.domain into new.child_id, new.case_id, new.plan_id, new.domain from korpu.plan_action a where a.id = new.action_id;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_fills_keys before insert on korpu.session for each row when (new.child_id is null) execute function korpu.fill_session();
-- +goose StatementBegin
create function korpu.fill_note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  select s.child_id, s.case_id, s.domain into new.child_id, new.case_id, new.domain from korpu.session s where s.id = new.session_id;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_fills_keys before insert on korpu.session_note for each row when (new.child_id is null) execute function korpu.fill_note();

-- +goose StatementBegin
create function korpu.check_session() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.care_plan p where p.id = new.plan_id and p.status = 'ACTIVE') then
    perform korpu.refuse('the plan is not in force');
  elsif exists (select from korpu.session s where s.id = new.instead_of_id and s.attended in ('YES', 'LATE')) then
    perform korpu.refuse('the session was held: there is nothing to make up for');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger session_is_possible after insert on korpu.session for each row when (korpu.commanded()) execute function korpu.check_session();

-- +goose StatementBegin
create function korpu.check_attendance() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.planned_at > now() and new.attended <> 'NOT_DELIVERED' then
    perform korpu.refuse('the session lies ahead');
  elsif new.attended in ('YES', 'LATE') then
    new.held_at := coalesce(new.held_at, new.planned_at);
    new.reason := null;
    new.acceptable := null;
  elsif new.reason is null then
    perform korpu.refuse('a session that was missed or not delivered has a reason');
  else
    new.held_at := null;
    new.ended_at := null;
  end if;
  if new.held_at > now() or new.ended_at <= new.held_at then
    perform korpu.refuse('heldAt must lie in the past, and endedAt after it');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_checks before update on korpu.session for each row when (korpu.commanded()) execute function korpu.check_attendance();

select korpu.guard_commands('session', 'session_note');
revoke all on function korpu.fill_session(), korpu.fill_note(), korpu.check_session(), korpu.check_attendance() from public;
reset role;
