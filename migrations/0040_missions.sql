-- The mobile group: missions with their members and the children whom they visit. Access to these children lasts as long as the mission, with days of grace
-- before and after it, and ends by itself. What is recorded late keeps the time at which it happened, and says that it is late.
-- +goose Up
set local role korpu_owner;

create table korpu.mission (
  id          uuid not null default gen_random_uuid(),
  version     integer not null default 1,
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  district_id uuid not null,
  purpose     text not null,
  starts_on   date not null,
  ends_on     date not null,
  grace_days  integer not null,
  ended_at    timestamptz,
  mission_id  uuid not null generated always as (id) stored,
  constraint mission_pkey primary key (id),
  constraint mission_belongs_to_agency unique (id, agency_id),
  constraint mission_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint mission_author_exists foreign key (author_id) references korpu.staff (id),
  constraint mission_district_exists foreign key (district_id) references korpu.district (id),
  constraint mission_ends_after_it_starts check (ends_on >= starts_on),
  constraint mission_grace_is_short check (grace_days between 0 and 7)
);
comment on table korpu.mission is 'A trip of some days to children who live far away.';
comment on column korpu.mission.mission_id is 'The mission itself, under the name by which its members and visits know it.';
create index mission_by_start on korpu.mission (starts_on desc, id desc);

create table korpu.mission_member (
  id         uuid not null default gen_random_uuid(),
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  mission_id uuid not null,
  staff_id   uuid not null,
  constraint mission_member_pkey primary key (id),
  constraint mission_member_is_named_once unique (mission_id, staff_id),
  constraint mission_member_mission_exists foreign key (mission_id, agency_id) references korpu.mission (id, agency_id),
  constraint mission_member_author_exists foreign key (author_id) references korpu.staff (id),
  constraint mission_member_staff_exists foreign key (staff_id) references korpu.staff (id)
);
comment on table korpu.mission_member is 'Somebody who takes part in a mission.';

create table korpu.mission_visit (
  id            uuid not null default gen_random_uuid(),
  version       integer not null default 1,
  child_id      uuid not null,
  agency_id     uuid not null,
  author_id     uuid not null,
  created_at    timestamptz not null default now(),
  mission_id    uuid not null,
  planned_on    date not null,
  visited_at    timestamptz,
  outcome       text,
  recorded_at   timestamptz,
  recorded_late boolean generated always as (recorded_at - visited_at > interval '24 hours') stored,
  constraint mission_visit_pkey primary key (id),
  constraint mission_visit_is_one_for_each_child unique (mission_id, child_id),
  constraint mission_visit_child_exists foreign key (child_id) references korpu.child (id),
  constraint mission_visit_mission_exists foreign key (mission_id, agency_id) references korpu.mission (id, agency_id),
  constraint mission_visit_author_exists foreign key (author_id) references korpu.staff (id),
  constraint mission_visit_outcome_is_known check (outcome in ('MET','NOT_AT_HOME','DECLINED','NOT_REACHED'))
);
comment on table korpu.mission_visit is 'A child who is on the visit list of a mission, and what became of the visit.';
comment on column korpu.mission_visit.recorded_late is 'Whether it was recorded more than a day after it happened.';
create index mission_visit_by_child on korpu.mission_visit (child_id, planned_on desc, id desc);
create index mission_visit_by_mission on korpu.mission_visit (mission_id, planned_on desc, id desc);

alter table korpu.session add column recorded_at timestamptz;
alter table korpu.session add column recorded_late boolean generated always as (recorded_at - coalesce(held_at, planned_at) > interval '24 hours') stored;
comment on column korpu.session.recorded_late is 'Whether attendance was recorded more than a day after the session.';

alter table korpu.access_grant add column mission_id uuid constraint access_grant_mission_exists references korpu.mission (id);
create index access_grant_by_mission on korpu.access_grant (mission_id);

-- +goose StatementBegin
create function korpu.check_mission() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.ends_on < current_date then
    perform korpu.refuse('endsOn lies in the past');
  elsif new.ends_on - new.starts_on > 30 then
    perform korpu.refuse('a mission lasts thirty-one days at most');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger mission_is_possible after insert on korpu.mission for each row when (korpu.commanded()) execute function korpu.check_mission();

-- +goose StatementBegin
create function korpu.check_mission_member() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.staff s join korpu.agency a on a.id = s.agency_id where s.id = new.staff_id and (a.id = new.agency_id or a.kind = 'LEGAL_CLINIC')) then
    perform korpu.refuse('members are colleagues at your centre, and lawyers of the legal clinic');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger member_can_travel after insert on korpu.mission_member for each row when (korpu.commanded()) execute function korpu.check_mission_member();

-- A child on the visit list is open to the members for the days of the mission and its grace.
-- +goose StatementBegin
create function korpu.open_to_mission() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  m korpu.mission;
begin
  select * into m from korpu.mission where id = new.mission_id for share;
  if m.ended_at is not null or m.ends_on < current_date then
    perform korpu.refuse('the mission is over');
  elsif new.planned_on not between m.starts_on and m.ends_on then
    perform korpu.refuse('plannedOn must be a day of the mission');
  end if;
  insert into korpu.access_grant (child_id, agency_id, author_id, staff_id, reason, starts_at, ends_at, mission_id)
  select new.child_id, new.agency_id, new.author_id, p.staff_id, m.purpose, (m.starts_on - m.grace_days)::timestamp at time zone 'UTC',
         (m.ends_on + 1 + m.grace_days)::timestamp at time zone 'UTC', m.id
    from korpu.mission_member p where p.mission_id = m.id;
  return null;
end $$;
-- +goose StatementEnd
create trigger visit_opens_the_child after insert on korpu.mission_visit for each row when (korpu.commanded()) execute function korpu.open_to_mission();

-- +goose StatementBegin
create function korpu.close_mission() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update korpu.access_grant g set ends_at = greatest(g.starts_at, now()), version = g.version + 1 where g.mission_id = new.id and g.ends_at > now();
  return null;
end $$;
-- +goose StatementEnd
create trigger mission_closes_its_children after update of ended_at on korpu.mission for each row when (korpu.commanded() and new.ended_at is not null) execute function korpu.close_mission();
create trigger b_ends_once before update on korpu.mission for each row when (korpu.commanded()) execute function korpu.end_once('ended_at', 'the mission has ended');

-- +goose StatementBegin
create function korpu.check_visit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.visited_at > now() then
    perform korpu.refuse('visitedAt lies in the future');
  elsif not exists (select from korpu.mission m where m.id = new.mission_id and (new.visited_at at time zone 'UTC')::date between m.starts_on and m.ends_on) then
    perform korpu.refuse('visitedAt must be on a day of the mission');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_ends_once before update on korpu.mission_visit for each row when (korpu.commanded()) execute function korpu.end_once('recorded_at', 'the visit is recorded');
create trigger c_checks before update on korpu.mission_visit for each row when (korpu.commanded()) execute function korpu.check_visit();

-- Cover is checked as before; what a mission opens, its own guards have looked at.
drop trigger cover_is_possible on korpu.access_grant;
create trigger cover_is_possible after insert on korpu.access_grant for each row when (korpu.commanded() and new.mission_id is null) execute function korpu.check_cover();

select korpu.guard_commands('mission', 'mission_member', 'mission_visit');
revoke all on function korpu.check_mission(), korpu.check_mission_member(), korpu.open_to_mission(), korpu.close_mission(), korpu.check_visit() from public;
reset role;
