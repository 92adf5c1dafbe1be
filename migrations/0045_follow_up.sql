-- Follow-up: when a child was out of sight, and what is on record of it after a programme or a stay, also where the record was destroyed since.
-- +goose Up
set local role korpu_owner;

create table korpu.follow_up_loss (
  id         uuid not null default gen_random_uuid(),
  version    integer not null default 1,
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  reason     text not null,
  since      date not null,
  until      date,
  constraint follow_up_loss_pkey primary key (id),
  constraint follow_up_loss_child_exists foreign key (child_id) references korpu.child (id),
  constraint follow_up_loss_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint follow_up_loss_author_exists foreign key (author_id) references korpu.staff (id),
  constraint follow_up_loss_reason_is_known check (reason in ('ABROAD','MOVED','NOT_FOUND','CONTACT_REFUSED','HOSPITAL')),
  constraint follow_up_loss_ends_after_it_starts check (until >= since)
);
comment on table korpu.follow_up_loss is 'That a child is out of sight of those who follow it: for good while until is null, else for a time.';
create index follow_up_loss_by_child on korpu.follow_up_loss (child_id, since desc, id desc);
create unique index follow_up_loss_is_open_once on korpu.follow_up_loss (child_id, agency_id) where until is null;

-- +goose StatementBegin
create function korpu.check_loss() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if greatest(new.since, new.until) > current_date then
    perform korpu.refuse('the day lies in the future');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger loss_is_possible after insert or update on korpu.follow_up_loss for each row when (korpu.commanded()) execute function korpu.check_loss();
create trigger b_ends_once before update on korpu.follow_up_loss for each row when (korpu.commanded()) execute function korpu.end_once('until', 'the child is in sight again already');
select korpu.guard_commands('follow_up_loss');

create function korpu.half_year(of_day date) returns date language sql immutable as
$$ select make_date(extract(year from of_day)::integer, case when extract(month from of_day) < 7 then 1 else 7 end, 1) $$;
comment on function korpu.half_year(date) is 'The first day of the half of the year in which a day lies.';

-- Children of whom all is destroyed are counted on by this: no child, no case, no day but a half-year; the rest in days since then.
create table korpu.frozen_outcome (
  entry_id     uuid,
  path         text not null,
  counted_from text not null,
  centre_id    uuid not null,
  district_id  uuid not null,
  half         date not null,
  sex          text not null,
  age          integer not null,
  gravity      text not null,
  prior        integer not null,
  observed     integer not null,
  lost         integer,
  away         int4multirange,
  contacts     integer[],
  constraint frozen_outcome_is_one unique (entry_id, counted_from),
  constraint frozen_outcome_centre_exists foreign key (centre_id) references korpu.agency (id),
  constraint frozen_outcome_district_exists foreign key (district_id) references korpu.district (id)
);
comment on table korpu.frozen_outcome is 'What became of children after a programme or a stay, as it was when something that it rests on was destroyed. No role of a profile reads it.';
comment on column korpu.frozen_outcome.entry_id is 'The diversion or stay while that is still on record; null once it is destroyed too.';

-- +goose StatementBegin
create function korpu.followed(as_of date, whose uuid default null)
  returns table (entry_id uuid, child_id uuid, case_id uuid, index_on date, path text, counted_from text, centre_id uuid, district_id uuid, half date, sex text, age integer,
                 gravity text, prior integer, observed integer, lost integer, away int4multirange, contacts integer[]) language sql stable as $$
  with entered as (
    select d.id as entry_id, d.child_id, d.case_id, 'PROGRAMME' as path, w.counted_from, d.agency_id as centre_id, w.index_on
      from korpu.diversion d
      join korpu.agency a on a.id = d.agency_id and a.kind = 'DIVERSION_CENTRE'
     cross join lateral (select (min(s.at) at time zone 'UTC')::date as began from korpu.diversion_status_change s where s.diversion_id = d.id and s.status = 'ACTIVE') s
     cross join lateral (values ('ENTRY', s.began),
                                ('END', case when d.status in ('COMPLETED', 'WITHDRAWN_BY_CHILD', 'ENDED_NOT_COMPLETED', 'TRANSFERRED') then d.status_since end)) w (counted_from, index_on)
     where s.began is not null and (whose is null or d.child_id = whose)
     union all
    select e.id, e.child_id, e.case_id, 'DETENTION', w.counted_from, e.facility_id, (w.at at time zone 'UTC')::date
      from korpu.detention_episode e cross join lateral (values ('ENTRY', e.admitted_at), ('END', e.released_at)) w (counted_from, at)
     where e.place_kind <> 'POLICE_CUSTODY' and (whose is null or e.child_id = whose)
       and (w.counted_from = 'ENTRY' or e.transferred_to_id is null) -- who is moved to another place is still held
  ), entry as (
    select distinct on (e.child_id, e.path, e.counted_from) e.* from entered e where e.index_on <= as_of
     order by e.child_id, e.path, e.counted_from, e.index_on, e.entry_id
  ), step as (
    select p.child_id, p.case_id, case p.kind when 'APPREHENSION' then 1 else 5 end as place, (p.at at time zone 'UTC')::date as noticed_on
      from korpu.procedure_event p left join korpu.agency a on a.id = p.decider_id
     where p.kind = 'APPREHENSION' or p.kind = 'DECISION' and a.kind = 'COURT'
  ), contact as (
    select s.*, (select max(a.act_on) from korpu.allegation a where a.case_id = s.case_id and a.act_on <= s.noticed_on) as acted_on from step s
     union all
    select a.child_id, a.case_id, 3, p.since, a.act_on
      from korpu.allegation a
      join (select p.case_id, min(p.since) as since from korpu.case_party p where p.capacity in ('PROSECUTION', 'COURT') group by p.case_id) p on p.case_id = a.case_id
  ), met as (
    select e.entry_id, e.counted_from, c.place,
           min(c.noticed_on) filter (where c.noticed_on > e.index_on and (c.case_id is distinct from e.case_id or c.acted_on > e.index_on)) - e.index_on as noticed,
           min(c.acted_on) filter (where c.acted_on > e.index_on) - e.index_on as acted
      from entry e
      join contact c on c.child_id = e.child_id and c.noticed_on between e.index_on and as_of
      join korpu.case_file f on f.id = c.case_id and not f.of_adult
     group by e.entry_id, e.counted_from, e.index_on, c.place
  ), first_met as (
    select m.entry_id, m.counted_from,
           array[min(m.noticed) filter (where m.place = 1), min(m.acted) filter (where m.place = 1), min(m.noticed) filter (where m.place = 3),
                 min(m.acted) filter (where m.place = 3), min(m.noticed) filter (where m.place = 5), min(m.acted) filter (where m.place = 5)] as contacts
      from met m group by m.entry_id, m.counted_from
  ), absent as (
    select h.child_id, (h.admitted_at at time zone 'UTC')::date as since, coalesce((h.released_at at time zone 'UTC')::date, as_of) as until from korpu.detention_episode h
     union all
    select l.child_id, l.since, l.until from korpu.follow_up_loss l where l.until is not null
  ), gone as (
    select e.entry_id, e.counted_from, range_agg(int4range(greatest(h.since - e.index_on, 0), h.until - e.index_on)) as away
      from entry e join absent h on h.child_id = e.child_id and h.until > greatest(e.index_on, h.since)
     group by e.entry_id, e.counted_from
  )
  select e.entry_id, e.child_id, e.case_id, e.index_on, e.path, e.counted_from, e.centre_id, coalesce(f.district_id, k.district_id), korpu.half_year(e.index_on), k.sex,
         extract(year from age(e.index_on, k.born_on))::integer,
         coalesce((select case bool_or(exists (select from unnest(law.grave) g where a.article = g or a.article like g || '.%')) when true then 'GRAVE' when false then 'OTHER' end
                     from korpu.allegation a
                    cross join lateral (select j.grave from korpu.jurisdiction j where j.in_force <= a.act_on order by j.in_force desc limit 1) law
                    where a.case_id = e.case_id), 'UNKNOWN'),
         (select count(*)::integer from korpu.case_file o
           where o.child_id = e.child_id and not o.of_adult and o.id is distinct from e.case_id and o.opened_on < coalesce(f.opened_on, e.index_on)),
         as_of - e.index_on,
         (select min(greatest(l.since - e.index_on, 0)) from korpu.follow_up_loss l where l.child_id = e.child_id and l.until is null and l.since <= as_of),
         g.away, coalesce(m.contacts, array_fill(null::integer, array[6]))
    from entry e
    join korpu.child k on k.id = e.child_id
    left join korpu.case_file f on f.id = e.case_id
    left join gone g on g.entry_id = e.entry_id and g.counted_from = e.counted_from
    left join first_met m on m.entry_id = e.entry_id and m.counted_from = e.counted_from
$$;
-- +goose StatementEnd
comment on function korpu.followed(date, uuid) is 'Each child, or the one, that has entered or left a programme or a place of detention, the first time on record, and what became of it up to a day: for how many days it was observed, from which it was lost, in which it was away, and after how many the first apprehension, charge and finding was noticed, and its act committed. Sealed children are among them.';

create function korpu.outcome(as_of date)
  returns table (path text, counted_from text, centre_id uuid, district_id uuid, half date, sex text, age integer, gravity text, prior integer, observed integer, lost integer,
                 away int4multirange, contacts integer[]) language sql stable as $$
  select f.path, f.counted_from, f.centre_id, f.district_id, f.half, f.sex, f.age, f.gravity, f.prior, f.observed, f.lost, f.away, f.contacts
    from korpu.followed(as_of) f
   where not exists (select from korpu.frozen_outcome z where (z.entry_id, z.counted_from) = (f.entry_id, f.counted_from))
   union all
  select z.path, z.counted_from, z.centre_id, z.district_id, z.half, z.sex, z.age, z.gravity, z.prior, z.observed, z.lost, z.away, z.contacts from korpu.frozen_outcome z
$$;
comment on function korpu.outcome(date) is 'What became of children after a programme or a stay: as it is on record, or was when it was frozen. It names no child.';

-- What the case to be destroyed could tell of another entry of the child lies before its sealing. Nobody is followed for longer than
-- twenty-four months: how long exactly a child was observed would, with the day of the destruction, tell the day of its entry.
-- +goose StatementBegin
create function korpu.freeze_outcomes(of_case uuid) returns void language sql set search_path = '' as $$
  insert into korpu.frozen_outcome (entry_id, path, counted_from, centre_id, district_id, half, sex, age, gravity, prior, observed, lost, away, contacts)
  select f.entry_id, f.path, f.counted_from, f.centre_id, f.district_id, f.half, f.sex, f.age, f.gravity, f.prior, least(f.observed, 731), f.lost, f.away, f.contacts
    from korpu.case_file c cross join lateral korpu.followed(current_date, c.child_id) f
   where c.id = of_case and (f.case_id = of_case or f.index_on <= c.sealed_at::date or not exists (select from korpu.case_file o where o.child_id = c.child_id and o.id <> of_case))
      on conflict on constraint frozen_outcome_is_one do nothing;
  update korpu.frozen_outcome z set entry_id = null
    from korpu.case_file c
   where c.id = of_case
     and z.entry_id in (select d.id from korpu.diversion d where d.case_id = of_case
                         union all
                        select e.id from korpu.detention_episode e where e.child_id = c.child_id
                           and (e.case_id = of_case or not exists (select from korpu.case_file o where o.child_id = c.child_id and o.id <> of_case)))
$$;
-- +goose StatementEnd
comment on function korpu.freeze_outcomes(uuid) is 'Keeps what became of a child, without the child, as far as a case that is to be destroyed tells it.';

alter function korpu.freeze_case(uuid) rename to freeze_count;
-- +goose StatementBegin
create function korpu.freeze_case(of_case uuid) returns void language sql set search_path = '' as
$$ select korpu.freeze_count(of_case); select korpu.freeze_outcomes(of_case) $$;
-- +goose StatementEnd
comment on function korpu.freeze_case(uuid) is 'Keeps of a case that is to be destroyed what figures need.';

revoke all on function korpu.check_loss(), korpu.half_year(date), korpu.followed(date, uuid), korpu.outcome(date), korpu.freeze_outcomes(uuid), korpu.freeze_case(uuid) from public;
reset role;
