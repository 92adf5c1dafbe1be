-- Access in an emergency: for a reason, to named classes of data, for some hours, reviewed by a second person within a day.
-- +goose Up
set local role korpu_owner;

create table korpu.emergency_access (
  id            uuid not null default gen_random_uuid(),
  version       integer not null default 1,
  child_id      uuid not null,
  agency_id     uuid not null,
  author_id     uuid not null,
  created_at    timestamptz not null default now(),
  case_number   text not null,
  year_of_birth integer not null,
  reason        text not null,
  classes       text[] not null,
  hours         integer not null,
  starts_at     timestamptz not null,
  ends_at       timestamptz not null,
  ended_at      timestamptz,
  review_due_at timestamptz not null,
  reviewed_at   timestamptz,
  reviewer_id   uuid,
  finding       text,
  child_told_on date,
  constraint emergency_access_pkey primary key (id),
  constraint emergency_access_child_exists foreign key (child_id) references korpu.child (id),
  constraint emergency_access_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint emergency_access_author_exists foreign key (author_id) references korpu.staff (id),
  constraint emergency_access_reviewer_exists foreign key (reviewer_id) references korpu.staff (id),
  constraint emergency_access_ends_after_it_starts check (ends_at > starts_at),
  constraint emergency_access_finding_is_known check (finding in ('JUSTIFIED','UNJUSTIFIED')),
  constraint emergency_access_is_reviewed_by_somebody_else check (reviewer_id <> author_id)
);
comment on table korpu.emergency_access is 'Access to classes of data of one child in an emergency. The case number and year of birth are what the caller found the child by.';
create index emergency_access_by_child on korpu.emergency_access (child_id, author_id);
create index emergency_access_by_author on korpu.emergency_access (author_id, starts_at desc, id desc);
create index emergency_access_by_start on korpu.emergency_access (starts_at desc, id desc);

-- Who does not know the child gets the answer of a command that is not open, and so for a record that is sealed.
-- +goose StatementBegin
create function korpu.find_in_emergency() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  select c.child_id into new.child_id from korpu.case_file c join korpu.child k on k.id = c.child_id
   where c.number = new.case_number and c.sealed_at is null and k.sealed_at is null and extract(year from k.born_on) = new.year_of_birth;
  if new.child_id is null then
    raise exception using errcode = '42501', message = 'no such child';
  end if;
  new.starts_at := now();
  new.ends_at := now() + coalesce(new.hours, 0) * interval '1 hour';
  new.review_due_at := now() + interval '24 hours';
  return new;
end $$;
-- +goose StatementEnd
create trigger a_finds before insert on korpu.emergency_access for each row when (korpu.commanded()) execute function korpu.find_in_emergency();

-- +goose StatementBegin
create function korpu.check_emergency() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    if old.reviewed_at is not null and new.reviewed_at is distinct from old.reviewed_at then
      perform korpu.refuse('the access has been reviewed');
    elsif new.reviewer_id = new.author_id then
      perform korpu.refuse('a second person reviews an access, not the one who opened it');
    elsif old.ended_at is not null and new.ended_at is distinct from old.ended_at or new.ended_at > new.ends_at then
      perform korpu.refuse('the access has ended');
    elsif new.child_told_on > current_date then
      perform korpu.refuse('childToldOn lies in the future');
    end if;
  elsif new.hours not between 1 and 24 then
    perform korpu.refuse('hours must be from 1 to 24');
  elsif cardinality(new.classes) = 0 or not new.classes <@ array['IDENTITY', 'CONTACT', 'HEALTH_SAFETY', 'CARE_TEAM', 'DETENTION_DATES'] then
    perform korpu.refuse('classes must name some of IDENTITY, CONTACT, HEALTH_SAFETY, CARE_TEAM and DETENTION_DATES: an emergency opens no others');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger emergency_is_possible after insert on korpu.emergency_access for each row when (korpu.commanded()) execute function korpu.check_emergency();
create trigger b_checks before update on korpu.emergency_access for each row when (korpu.commanded()) execute function korpu.check_emergency();

-- Who has opened a child in an emergency is among those who cover it; that the time has not passed, the conditions look up.
create trigger emergency_access_keeps_anchors after insert or update or delete on korpu.emergency_access
  for each row execute function korpu.keep_child_anchors();
-- +goose StatementBegin
create or replace function korpu.refresh_child(of_child uuid) returns void language plpgsql as $$
begin
  perform 1 from korpu.child where id = of_child for no key update;
  update korpu.child c
     set parties = coalesce((select array_agg(distinct p.agency_id order by p.agency_id)
                               from korpu.case_party p join korpu.case_file f on f.id = p.case_id
                              where p.child_id = of_child and p.ended_at is null and f.sealed_at is null), '{}'),
         team = coalesce((select array_agg(distinct m.staff_id order by m.staff_id)
                            from korpu.care_team_member m where m.child_id = of_child and m.left_at is null), '{}'),
         counsel = coalesce((select array_agg(distinct m.lawyer_id order by m.lawyer_id)
                               from korpu.legal_mandate m where m.child_id = of_child and m.ended_at is null), '{}'),
         receivers = coalesce((select array_agg(distinct r.receiver_id order by r.receiver_id)
                                 from korpu.referral r where r.child_id = of_child and r.status in ('SENT','ACCEPTED','ACTIVE')), '{}'),
         holders = coalesce((select array_agg(distinct d.facility_id order by d.facility_id)
                               from korpu.detention_episode d where d.child_id = of_child and d.released_at is null), '{}'),
         covers = coalesce((select array_agg(distinct w.staff_id order by w.staff_id)
                              from (select g.staff_id from korpu.access_grant g where g.child_id = of_child
                                     union all
                                    select e.author_id from korpu.emergency_access e where e.child_id = of_child and e.ended_at is null) w), '{}')
   where c.id = of_child;
end $$;
-- +goose StatementEnd

alter table korpu.emergency_access enable row level security;
create policy reads on korpu.emergency_access for select to korpu_writer using (true);
create policy changes on korpu.emergency_access for update to korpu_writer using (korpu.may(emergency_access)) with check (korpu.become(emergency_access));
create policy makes on korpu.emergency_access for insert to korpu_writer with check (korpu.become(emergency_access));
revoke all on all functions in schema korpu from public;
reset role;
