-- The Diversion Centres as places of work: capacity, catchment, intakes, who waits, how many children a worker has, and cover for one
-- who is away.
-- +goose Up
set local role korpu_owner;

create table korpu.centre_capacity (
  id         uuid not null default gen_random_uuid(),
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  places     integer not null,
  since      date not null,
  until      date,
  constraint centre_capacity_pkey primary key (id),
  constraint centre_capacity_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint centre_capacity_author_exists foreign key (author_id) references korpu.staff (id),
  constraint centre_capacity_is_one_a_day unique (agency_id, since)
);
comment on table korpu.centre_capacity is 'How many children a Diversion Centre can work with at a time, from a day on until the next such row.';

-- A row of the directory is named like every record. It is computed, since a district is served by an agency from a day on only once.
alter table korpu.agency_district add column id uuid not null generated always as (md5(agency_id::text || district_id::text || (since - date '2000-01-01')::text)::uuid) stored;
create index agency_district_by_agency on korpu.agency_district (agency_id, since desc, id desc);

create table korpu.intake (
  id                 uuid not null default gen_random_uuid(),
  child_id           uuid not null,
  agency_id          uuid not null,
  author_id          uuid not null,
  created_at         timestamptz not null default now(),
  referral_id        uuid not null,
  source             text not null,
  presenting_problem text not null,
  taken_on           date not null,
  waited_days        integer not null,
  constraint intake_pkey primary key (id),
  constraint intake_child_exists foreign key (child_id) references korpu.child (id),
  constraint intake_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint intake_author_exists foreign key (author_id) references korpu.staff (id),
  constraint intake_is_one_per_referral unique (referral_id),
  constraint intake_source_is_known check (source in ('POLICE','PROSECUTION','COURT','COMMISSION','SCHOOL','OTHER_SERVICE','FAMILY','CHILD'))
);
comment on table korpu.intake is 'That a centre has taken a child on after a referral.';
create index intake_by_child on korpu.intake (child_id, taken_on desc, id desc);
create index intake_by_day on korpu.intake (taken_on desc, id desc);
alter table korpu.referral add constraint referral_belongs_to_child unique (id, child_id);
alter table korpu.intake add constraint intake_is_of_its_referral foreign key (referral_id, child_id) references korpu.referral (id, child_id);

alter table korpu.access_grant add column version integer not null default 1;
alter table korpu.access_grant add column instead_of_id uuid constraint access_grant_instead_of_exists references korpu.staff (id);
alter table korpu.access_grant alter column starts_at set default now();
alter table korpu.access_grant drop constraint access_grant_ends_after_it_starts;
alter table korpu.access_grant add constraint access_grant_ends_after_it_starts check (ends_at >= starts_at);
comment on column korpu.access_grant.instead_of_id is 'The colleague who is away; null for a mission.';
create index access_grant_by_child on korpu.access_grant (child_id, starts_at desc, id desc);
create index care_team_member_of_staff on korpu.care_team_member (staff_id) where left_at is null;

create view korpu.caseload as
select s.id, s.agency_id, s.id as staff_id,
       (select count(distinct m.child_id)::integer from korpu.care_team_member m join korpu.child k on k.id = m.child_id
         where m.staff_id = s.id and m.left_at is null and k.sealed_at is null) as children
  from korpu.staff s
  join korpu.agency a on a.id = s.agency_id and a.kind = 'DIVERSION_CENTRE'
 where s.left_at is null
   and exists (select from korpu.staff_role r where r.staff_id = s.id and r.ended_at is null and r.role in ('social_worker', 'psychologist'));
comment on view korpu.caseload is 'With how many children each worker of a Diversion Centre works: a count, without the children.';

-- A referral to a centre waits until the centre has taken the child on.
create view korpu.waiting as
select r.id, r.child_id, r.agency_id, r.author_id, r.created_at, r.receiver_id, r.status, r.service, r.sent_on as since, case when isfinite(r.sent_on) then current_date - r.sent_on end as days
  from korpu.referral r
  join korpu.agency a on a.id = r.receiver_id and a.kind = 'DIVERSION_CENTRE'
 where r.status in ('SENT', 'ACCEPTED') and not exists (select from korpu.intake i where i.referral_id = r.id);
comment on view korpu.waiting is 'Children who were referred to a Diversion Centre and are not taken on yet.';

create view korpu.centre_load as
select a.id, a.id as agency_id,
       (select c.places from korpu.centre_capacity c where c.agency_id = a.id and c.since <= current_date
         order by c.since desc, c.id limit 1) as places,
       (select count(distinct m.child_id)::integer from korpu.staff s
          join korpu.care_team_member m on m.staff_id = s.id and m.left_at is null
          join korpu.child k on k.id = m.child_id and k.sealed_at is null
         where s.agency_id = a.id) as children,
       (select count(*)::integer from korpu.waiting w join korpu.child k on k.id = w.child_id and k.sealed_at is null where w.receiver_id = a.id) as waiting
  from korpu.agency a where a.kind = 'DIVERSION_CENTRE';
comment on view korpu.centre_load is 'How full a Diversion Centre is today, in counts.';

-- +goose StatementBegin
create function korpu.follow_capacity() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.places not between 0 and 1000 then
    perform korpu.refuse('places must be from 0 to 1000');
  elsif exists (select from korpu.centre_capacity c where c.agency_id = new.agency_id and c.since >= new.since and c.id <> new.id) then
    perform korpu.refuse('a capacity from that day on, or a later one, is on record already');
  end if;
  update korpu.centre_capacity set until = new.since where agency_id = new.agency_id and id <> new.id and until is null;
  return null;
end $$;
-- +goose StatementEnd
create trigger capacity_follows_the_last after insert on korpu.centre_capacity for each row when (korpu.commanded()) execute function korpu.follow_capacity();

create trigger a_fills_keys before insert on korpu.intake for each row when (new.child_id is null) execute function korpu.fill_keys('referral', 'referral_id', 'null');
-- +goose StatementBegin
create function korpu.count_waiting() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.waited_days := new.taken_on - (select r.sent_on from korpu.referral r where r.id = new.referral_id);
  return new;
end $$;
-- +goose StatementEnd
create trigger b_counts_waiting before insert on korpu.intake for each row when (new.waited_days is null) execute function korpu.count_waiting();

-- +goose StatementBegin
create function korpu.check_programme() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.agency a where a.id = new.receiver_id and a.kind = 'DIVERSION_CENTRE') then
    perform korpu.refuse('receiver must be a Diversion Centre');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger programme_is_a_centres after insert on korpu.referral for each row when (korpu.commanded() and new.service = 'PROGRAMME') execute function korpu.check_programme();

-- Cover is for a time, by somebody of the own centre, and for a colleague on the care team.
-- +goose StatementBegin
create function korpu.check_cover() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    new.ends_at := greatest(new.ends_at, new.starts_at);
    return new;
  elsif new.ends_at <= greatest(now(), new.starts_at) then
    perform korpu.refuse('endsAt must be later than now, and than startsAt');
  elsif new.ends_at > greatest(now(), new.starts_at) + interval '62 days' then
    perform korpu.refuse('cover lasts sixty-two days at most; who stays longer joins the care team');
  elsif not exists (select from korpu.staff s where s.id = new.staff_id and s.agency_id = new.agency_id) then
    perform korpu.refuse('staff must be a colleague at your centre');
  elsif not exists (select from korpu.care_team_member m where m.child_id = new.child_id and m.staff_id = new.instead_of_id and m.left_at is null) then
    perform korpu.refuse('insteadOf must be on the care team of the child');
  elsif not exists (select from korpu.staff_role a join korpu.staff_role b on b.role = a.role where a.staff_id = new.staff_id and a.ended_at is null and b.staff_id = new.instead_of_id and b.ended_at is null) then
    perform korpu.refuse('staff must be of the profession of insteadOf');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger cover_is_possible after insert on korpu.access_grant for each row when (korpu.commanded()) execute function korpu.check_cover();
create trigger b_ends_once before update on korpu.access_grant for each row when (korpu.commanded() and old.ends_at <= now()) execute function korpu.end_once('ends_at', 'the cover has ended');
create trigger c_checks before update on korpu.access_grant for each row when (korpu.commanded()) execute function korpu.check_cover();

-- One function gives a table that commands write its row-level security.
-- +goose StatementBegin
create function korpu.guard_commands(variadic names text[]) returns void language plpgsql as $$
declare
  name text;
begin
  foreach name in array names loop
    execute format('alter table korpu.%I enable row level security', name);
    execute format('create policy reads on korpu.%I for select to korpu_writer using (true)', name);
    execute format('create policy changes on korpu.%I for update to korpu_writer using (korpu.may(%I)) with check (korpu.become(%I))', name, name, name);
    execute format('create policy makes on korpu.%I for insert to korpu_writer with check (korpu.become(%I))', name, name);
  end loop;
end $$;
-- +goose StatementEnd
comment on function korpu.guard_commands(text[]) is 'Has the policy decide on what writing roles do to rows of the tables. For migrations.';
select korpu.guard_commands('centre_capacity', 'intake', 'access_grant');
revoke all on function korpu.follow_capacity(), korpu.count_waiting(), korpu.check_programme(), korpu.check_cover(), korpu.guard_commands(text[]) from public;
reset role;
