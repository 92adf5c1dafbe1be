-- Reoffending of cohorts: definitions that one person proposes and another approves, intervals, suppression, and results that are published once.
-- +goose Up
set local role korpu_owner;

create table korpu.publication_rule (
  country       text not null,
  in_force      date not null,
  smallest      integer not null,
  numerators_at integer not null,
  source        text not null,
  constraint publication_rule_pkey primary key (country, in_force)
);
comment on table korpu.publication_rule is 'How few children may be counted in a figure that is published; each row from its day on.';
comment on column korpu.publication_rule.numerators_at is 'The size from which a group may show how few of it are counted, where the data-protection officer has approved that.';
insert into korpu.publication_rule (country, in_force, smallest, numerators_at, source) values ('AZ', '2000-09-01', 5, 10, 'numbers chosen, given by no norm, to be confirmed');

create function korpu.publication() returns korpu.publication_rule language sql stable as
$$ select r from korpu.publication_rule r where r.in_force <= current_date order by r.in_force desc limit 1 $$;
comment on function korpu.publication() is 'The rule for figures that is in force.';

create table korpu.cohort (
  id            uuid not null default gen_random_uuid(),
  version       integer not null default 1,
  agency_id     uuid not null,
  author_id     uuid not null,
  created_at    timestamptz not null default now(),
  status        text not null,
  path          text not null,
  counted_from  text not null,
  centre_id     uuid,
  district_id   uuid,
  begins_on     date not null,
  ends_on       date not null,
  months        integer not null default 8,
  event         text not null,
  dated_by      text not null,
  small_numbers boolean,
  decider_id    uuid,
  decided_at    timestamptz,
  reason        text,
  constraint cohort_pkey primary key (id),
  constraint cohort_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint cohort_author_exists foreign key (author_id) references korpu.staff (id),
  constraint cohort_centre_exists foreign key (centre_id) references korpu.agency (id),
  constraint cohort_district_exists foreign key (district_id) references korpu.district (id),
  constraint cohort_decider_exists foreign key (decider_id) references korpu.staff (id),
  constraint cohort_status_is_known check (status in ('PROPOSED','PUBLISHED','REFUSED')),
  constraint cohort_path_is_known check (path in ('PROGRAMME','DETENTION')),
  constraint cohort_beginning_is_known check (counted_from in ('ENTRY','END')),
  constraint cohort_event_is_known check (event in ('NEW_APPREHENSION','NEW_CHARGE','NEW_FINDING')),
  constraint cohort_dating_is_known check (dated_by in ('DETECTION','ACT')),
  constraint cohort_months_are_possible check (months between 1 and 24),
  constraint cohort_is_approved_by_somebody_else check (status <> 'PUBLISHED' or coalesce(decider_id <> author_id, false))
);
comment on table korpu.cohort is 'Whose reoffending is to be counted, and how. It is counted once, when somebody else approves that it is published.';
create index cohort_by_proposal on korpu.cohort (created_at desc, id desc);
create index cohort_by_status on korpu.cohort (status, created_at desc, id desc);

create table korpu.cohort_result (
  id            uuid not null,
  agency_id     uuid,
  path          text not null,
  counted_from  text not null,
  district_id   uuid,
  begins_on     date not null,
  ends_on       date not null,
  months        integer not null,
  event         text not null,
  dated_by      text not null,
  published_on  date not null,
  children      integer,
  lost          integer,
  events        integer,
  person_months integer,
  rate          integer,
  wilson_lower  integer,
  wilson_upper  integer,
  exact_lower   integer,
  exact_upper   integer,
  warnings      text[] not null,
  constraint cohort_result_pkey primary key (id),
  constraint cohort_result_cohort_exists foreign key (id) references korpu.cohort (id),
  constraint cohort_result_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint cohort_result_district_exists foreign key (district_id) references korpu.district (id)
);
comment on table korpu.cohort_result is 'The reoffending of a cohort as it was published, with its definition. What is null is too few to be shown, or would tell it.';
comment on column korpu.cohort_result.agency_id is 'The centre or place of detention, where the cohort is of one.';
comment on column korpu.cohort_result.rate is 'Children of whom the event is on record, of a thousand; the bounds alike.';
create index cohort_result_by_day on korpu.cohort_result (published_on desc, id desc);

create table korpu.cohort_stratum (
  id        uuid not null,
  cohort_id uuid not null,
  agency_id uuid,
  dimension text not null,
  band      text not null,
  children  integer,
  events    integer,
  constraint cohort_stratum_pkey primary key (id),
  constraint cohort_stratum_is_one unique (cohort_id, dimension, band),
  constraint cohort_stratum_cohort_exists foreign key (cohort_id) references korpu.cohort_result (id),
  constraint cohort_stratum_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint cohort_stratum_dimension_is_known check (dimension in ('AGE','SEX','GRAVITY','PRIOR_CONTACTS','REGION','FOLLOW_UP'))
);
comment on table korpu.cohort_stratum is 'The part of a published cohort that has something in common, with what is too few, and what would tell it, left out.';

-- Intervals. Wilson (1927) in closed form; Clopper and Pearson (1934) by halving, from the binomial distribution itself.
-- +goose StatementBegin
create function korpu.at_most(events integer, n integer, p double precision) returns double precision language plpgsql immutable as $$
declare
  term double precision := n * ln(1 - p); -- in logarithms: the terms of large groups are too small for a number
  total double precision := 0;
begin
  for k in 0..events loop
    total := total + case when term > -700 then exp(term) else 0 end;
    term := term + ln((n - k)::double precision / (k + 1)) + ln(p / (1 - p));
  end loop;
  return total;
end $$;
-- +goose StatementEnd
comment on function korpu.at_most(integer, integer, double precision) is 'How probable it is that something happens to so many of n at most, to each with the probability p; for fewer than n.';

-- +goose StatementBegin
create function korpu.exact_bound(events integer, n integer, beyond double precision) returns double precision language plpgsql immutable as $$
declare
  low double precision := 0;
  high double precision := 1;
begin
  for i in 1..50 loop
    if korpu.at_most(events, n, (low + high) / 2) > beyond then
      low := (low + high) / 2;
    else
      high := (low + high) / 2;
    end if;
  end loop;
  return low;
end $$;
-- +goose StatementEnd
comment on function korpu.exact_bound(integer, integer, double precision) is 'The probability with which so many of n at most are as probable as beyond.';

create function korpu.confidence(events integer, n integer)
  returns table (wilson_lower double precision, wilson_upper double precision, exact_lower double precision, exact_upper double precision) language sql immutable as $$
  select greatest(w.middle - w.half, 0), least(w.middle + w.half, 1),
         case when events = 0 then 0 else korpu.exact_bound(events - 1, n, 0.975) end, case when events = n then 1 else korpu.exact_bound(events, n, 0.025) end
    from (select events::double precision / n as p, 1.959963984540054::double precision as z) s
   cross join lateral (select (s.p + s.z ^ 2 / (2 * n)) / (1 + s.z ^ 2 / n) as middle,
                              s.z * sqrt(s.p * (1 - s.p) / n + s.z ^ 2 / (4 * n::double precision ^ 2)) / (1 + s.z ^ 2 / n) as half) w
$$;
comment on function korpu.confidence(integer, integer) is 'The 95 % intervals of a share, after Wilson and after Clopper and Pearson.';

-- What remains of a row of cells whose sum is known must not be told by the sum: with one that is too few, others are left out,
-- the smallest first, until they are two at least and the smallest number in sum.
create function korpu.left_out(cells integer[], few boolean[], smallest integer) returns boolean[] language sql immutable as $$
  select array_agg(o.few or o.any_few and (o.before < 2 or o.sum_before < smallest) order by o.place)
    from (select u.place, u.few, bool_or(u.few) over () as any_few, row_number() over w - 1 as before,
                 coalesce(sum(u.cell) over (order by not u.few, u.cell, u.place rows between unbounded preceding and 1 preceding), 0) as sum_before
            from unnest(cells, few) with ordinality u (cell, few, place) window w as (order by not u.few, u.cell, u.place)) o
$$;
comment on function korpu.left_out(integer[], boolean[], integer) is 'Which cells of a row are not shown, where some are too few and the sum of all is known.';

create function korpu.few(counted integer, n integer, small_numbers boolean) returns boolean language sql stable as $$
  select (counted < r.smallest or n - counted < r.smallest) and not (coalesce(small_numbers, false) and n >= r.numerators_at) from korpu.publication() r
$$;
comment on function korpu.few(integer, integer, boolean) is 'Whether so many of n, or the others, are too few to be shown.';

create function korpu.days_at_risk(until integer, away int4multirange) returns integer language sql immutable as $$
  select until - coalesce((select sum(upper(r) - lower(r))::integer from unnest(away * int4multirange(int4range(0, until))) r), 0)
$$;
comment on function korpu.days_at_risk(integer, int4multirange) is 'How many of the first days a child was not away.';

create function korpu.cohort_member(c korpu.cohort, as_of date)
  returns table (sex text, age integer, gravity text, prior integer, region text, event boolean, lost boolean, followed boolean, days integer) language sql stable as $$
  select o.sex, o.age, o.gravity, o.prior, d.city, e.event, o.lost < w.days and not e.event, e.event or o.observed >= w.days,
         korpu.days_at_risk(case when e.event then e.day else least(w.days, o.observed, o.lost) end, o.away)
    from korpu.outcome(as_of) o
    join korpu.district d on d.id = o.district_id
   cross join lateral (select round(c.months * 30.4375)::integer as days) w
   cross join lateral (select o.contacts[array_position(array['NEW_APPREHENSION', 'NEW_CHARGE', 'NEW_FINDING'], c.event) * 2 - (c.dated_by = 'DETECTION')::integer] as day) n
   cross join lateral (select n.day, coalesce(n.day <= w.days, false) as event) e
   where o.path = c.path and o.counted_from = c.counted_from and o.half >= c.begins_on and o.half < c.ends_on
     and (c.centre_id is null or o.centre_id = c.centre_id) and (c.district_id is null or o.district_id = c.district_id)
$$;
comment on function korpu.cohort_member(korpu.cohort, date) is 'Those who belong to a cohort, and whether the event came within its months; lost is null or true for who was out of sight before.';

create function korpu.percent(per_thousand integer) returns text language sql immutable as $$ select to_char(per_thousand / 10.0, 'FM990.0') $$;
comment on function korpu.percent(integer) is 'A share of a thousand in per cent, as text.';

-- +goose StatementBegin
create function korpu.cohort_warnings(r korpu.cohort_result) returns text[] language sql immutable as $$
  select array_remove(array[
    case when r.children is null then 'The cohort is too small to be shown.' end,
    case when r.events is not null then format('%s of %s children: the share among children like them may lie between %s and %s %% (Wilson score, 95 %%), or between %s and %s %% (Clopper-Pearson exact, 95 %%).',
      r.events, r.children, korpu.percent(r.wilson_lower), korpu.percent(r.wilson_upper), korpu.percent(r.exact_lower), korpu.percent(r.exact_upper)) end,
    case when r.children < 30 then 'The group is small: chance alone moves such a share by much.' end,
    case when r.children is not null and r.events is null then 'How many it was is left out: it was too few, or too few of whom it was not.' end,
    'Only what agencies have written down in the hub by the day of publication is counted; acts from eighteen years on are not.',
    case r.dated_by when 'DETECTION' then 'A contact counts by the day on which it was noticed: its act may lie before the day from which children are followed.'
                    else 'A contact counts by the day of its act: what was noticed after the publication is missing.' end,
    case r.event when 'NEW_FINDING' then 'A decision of a court on another case is counted, whichever it was.' end], null)
$$;
-- +goose StatementEnd
comment on function korpu.cohort_warnings(korpu.cohort_result) is 'What whoever reads a result must know.';

-- +goose StatementBegin
create function korpu.publish_cohort(of_cohort uuid, as_of date) returns void language plpgsql set search_path = '' as $$
declare
  c korpu.cohort;
  r korpu.cohort_result;
  m record;
begin
  select * into c from korpu.cohort k where k.id = of_cohort;
  select count(*)::integer as children, (count(*) filter (where k.lost))::integer as lost, (count(*) filter (where k.event))::integer as events, round(sum(k.days) / 30.4375)::integer as months
    into m from korpu.cohort_member(c, as_of) k;
  r.id := c.id; r.agency_id := c.centre_id; r.path := c.path; r.counted_from := c.counted_from; r.district_id := c.district_id; r.begins_on := c.begins_on; r.ends_on := c.ends_on;
  r.months := c.months; r.event := c.event; r.dated_by := c.dated_by; r.published_on := as_of;
  if m.children >= (korpu.publication()).smallest then
    r.children := m.children;
    if m.lost = 0 or not korpu.few(m.lost, m.children, c.small_numbers) then
      r.lost := m.lost;
    end if;
    if not korpu.few(m.events, m.children, c.small_numbers) then
      r.events := m.events;
      r.rate := round(m.events * 1000.0 / m.children);
      r.person_months := case when r.lost is not null then m.months end;
      select round(i.wilson_lower * 1000), round(i.wilson_upper * 1000), round(i.exact_lower * 1000), round(i.exact_upper * 1000)
        into r.wilson_lower, r.wilson_upper, r.exact_lower, r.exact_upper from korpu.confidence(m.events, m.children) i;
    end if;
  end if;
  r.warnings := korpu.cohort_warnings(r);
  insert into korpu.cohort_result select r.*;
  if r.children is not null then
    perform korpu.publish_strata(c, r, as_of);
  end if;
end $$;
-- +goose StatementEnd
comment on function korpu.publish_cohort(uuid, date) is 'Counts a cohort as of a day, and keeps of it what may be shown.';

-- +goose StatementBegin
create function korpu.publish_strata(c korpu.cohort, r korpu.cohort_result, as_of date) returns void language sql set search_path = '' as $$
  insert into korpu.cohort_stratum (id, cohort_id, agency_id, dimension, band, children, events)
  select md5(r.id::text || d.dimension || u.band)::uuid, r.id, r.agency_id, d.dimension, u.band, case when not u.no_children then u.children end,
         case when not u.no_children and not u.no_events then u.events end
    from (select s.dimension, array_agg(s.band order by s.band) as bands, array_agg(s.children order by s.band) as children, array_agg(s.events order by s.band) as events
            from (select v.dimension, v.band, count(*)::integer as children, (count(*) filter (where m.event))::integer as events
                    from korpu.cohort_member(c, as_of) m
                   cross join lateral (values ('AGE', case when m.age < 14 then 'UNDER_14' when m.age < 16 then 'FROM_14_TO_15' else 'FROM_16' end), ('SEX', m.sex), ('GRAVITY', m.gravity),
                                              ('PRIOR_CONTACTS', case m.prior when 0 then 'NO_OTHER' when 1 then 'ONE_OTHER' else 'SEVERAL' end), ('REGION', m.region),
                                              ('FOLLOW_UP', case when m.lost then 'LOST_BEFORE' else 'TO_THE_END' end)) v (dimension, band)
                   group by v.dimension, v.band) s
           group by s.dimension) d
   cross join lateral (select korpu.left_out(d.children, array(select n < p.smallest from unnest(d.children) n), p.smallest) as hidden, p.smallest from korpu.publication() p) h
   cross join lateral (select case when r.events is null then array(select true from unnest(d.bands))
                                   when r.events = 0 then h.hidden -- which says of each part that it is none
                                   else korpu.left_out(d.events, array(select x.hidden or korpu.few(x.events, x.children, c.small_numbers)
                                                                         from unnest(h.hidden, d.events, d.children) with ordinality x (hidden, events, children, place) order by x.place), h.smallest) end as hidden) e
   cross join lateral unnest(d.bands, d.children, d.events, h.hidden, e.hidden) u (band, children, events, no_children, no_events)
$$;
-- +goose StatementEnd
comment on function korpu.publish_strata(korpu.cohort, korpu.cohort_result, date) is 'Keeps the parts of a cohort that may be shown.';

-- Cohorts are of whole half-years that are over, so that none can be cut to leave one child out.
-- +goose StatementBegin
create function korpu.check_cohort() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if korpu.half_year(new.begins_on) <> new.begins_on or korpu.half_year(new.ends_on) <> new.ends_on or new.ends_on <= new.begins_on then
    perform korpu.refuse('beginsOn and endsOn are the first days of half-years, 1 January or 1 July, the later one of the half-year that is not counted any more');
  elsif new.ends_on > current_date then
    perform korpu.refuse('the last half-year is not over yet');
  elsif not exists (select from korpu.agency a where a.id = new.centre_id and a.kind = case new.path when 'PROGRAMME' then 'DIVERSION_CENTRE' else 'DETENTION_PLACE' end) and new.centre_id is not null then
    perform korpu.refuse('centre must be a Diversion Centre, or a place of detention where the path is DETENTION');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger cohort_is_possible after insert on korpu.cohort for each row when (korpu.commanded()) execute function korpu.check_cohort();

-- Children who are counted in two cohorts could be told by what lies between them. The same children may be counted by another event.
create function korpu.overlaps(a korpu.cohort, b korpu.cohort) returns boolean language sql immutable as $$
  select a.path = b.path and (a.centre_id is null or b.centre_id is null or a.centre_id = b.centre_id) and (a.district_id is null or b.district_id is null or a.district_id = b.district_id)
     and (a.counted_from <> b.counted_from or a.begins_on < b.ends_on and b.begins_on < a.ends_on)
     and (a.event = b.event or (a.centre_id, a.district_id, a.counted_from, a.begins_on, a.ends_on, a.months, a.dated_by)
           is distinct from (b.centre_id, b.district_id, b.counted_from, b.begins_on, b.ends_on, b.months, b.dated_by))
$$;
comment on function korpu.overlaps(korpu.cohort, korpu.cohort) is 'Whether some children may be counted in both cohorts in ways that could be compared.';

-- +goose StatementBegin
create function korpu.check_publication() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  m record;
begin
  perform pg_advisory_xact_lock(hashtextextended('korpu publication', 0));
  if exists (select from korpu.cohort o where o.status = 'PUBLISHED' and korpu.overlaps(new, o)) then
    perform korpu.refuse('children of this cohort may be counted in a published one already: what lies between the two could be told');
  end if;
  select count(*) as children, count(*) filter (where not k.followed and k.lost is not true) as running into m from korpu.cohort_member(new, current_date) k;
  if exists (select from korpu.cohort_result o where (o.path, o.counted_from, o.agency_id, o.district_id, o.begins_on, o.ends_on) is not distinct from
               (new.path, new.counted_from, new.centre_id, new.district_id, new.begins_on, new.ends_on) and o.children <> m.children) then
    perform korpu.refuse('they are not any more the children who were counted by another event: who came or went since could be told');
  elsif m.running > 0 then
    perform korpu.refuse('not all of them have been followed to the end yet: a result is published once, so wait');
  elsif new.small_numbers and m.children < (korpu.publication()).numerators_at then
    perform korpu.refuse(format('smallNumbers is for cohorts of %s children or more', (korpu.publication()).numerators_at));
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_checks before update of status on korpu.cohort for each row when (korpu.commanded() and new.status = 'PUBLISHED' and old.status = 'PROPOSED') execute function korpu.check_publication();

-- +goose StatementBegin
create function korpu.publish() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform korpu.publish_cohort(new.id, current_date);
  return null;
end $$;
-- +goose StatementEnd
create trigger cohort_is_published after update of status on korpu.cohort for each row when (korpu.commanded() and new.status = 'PUBLISHED') execute function korpu.publish();

-- +goose StatementBegin
create function korpu.stay() returns trigger language plpgsql as $$
begin
  raise exception using errcode = 'KP001', message = tg_argv[0];
end $$;
-- +goose StatementEnd
create trigger a_stays before update or delete on korpu.cohort for each row when (old.status <> 'PROPOSED') execute function korpu.stay('what was decided stays as it is');
create trigger a_stays before update or delete on korpu.cohort_result for each row execute function korpu.stay('what was published stays as it is');
create trigger a_stays before update or delete on korpu.cohort_stratum for each row execute function korpu.stay('what was published stays as it is');

select korpu.guard_commands('cohort');
revoke all on function korpu.publication(), korpu.at_most(integer, integer, double precision), korpu.exact_bound(integer, integer, double precision), korpu.confidence(integer, integer),
  korpu.left_out(integer[], boolean[], integer), korpu.few(integer, integer, boolean), korpu.days_at_risk(integer, int4multirange), korpu.cohort_member(korpu.cohort, date), korpu.percent(integer),
  korpu.cohort_warnings(korpu.cohort_result), korpu.publish_cohort(uuid, date), korpu.publish_strata(korpu.cohort, korpu.cohort_result, date), korpu.check_cohort(),
  korpu.overlaps(korpu.cohort, korpu.cohort), korpu.check_publication(), korpu.publish(), korpu.stay() from public;
reset role;
