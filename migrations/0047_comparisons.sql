-- Comparison of a cohort of a programme with one of detention, part by part, of what both have published.
-- +goose Up
set local role korpu_owner;

create table korpu.comparison (
  id                uuid not null default gen_random_uuid(),
  agency_id         uuid not null,
  author_id         uuid not null,
  created_at        timestamptz not null default now(),
  rehabilitation_id uuid not null,
  detention_id      uuid not null,
  warnings          text[] not null,
  constraint comparison_pkey primary key (id),
  constraint comparison_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint comparison_author_exists foreign key (author_id) references korpu.staff (id),
  constraint comparison_rehabilitation_exists foreign key (rehabilitation_id) references korpu.cohort_result (id),
  constraint comparison_detention_exists foreign key (detention_id) references korpu.cohort_result (id),
  constraint comparison_is_one unique (rehabilitation_id, detention_id)
);
comment on table korpu.comparison is 'That two published cohorts are looked at side by side, and what must be known when they are.';
create index comparison_by_moment on korpu.comparison (created_at desc, id desc);

create view korpu.comparison_stratum as
select md5(c.id::text || s.dimension || s.band)::uuid as id, c.id as comparison_id, s.dimension, s.band,
       case when r.id is not null then r.children when p.children is not null then 0 end as rehabilitation_children,
       case when r.id is not null then r.events when p.children is not null then 0 end as rehabilitation_events,
       case when d.id is not null then d.children when q.children is not null then 0 end as detention_children,
       case when d.id is not null then d.events when q.children is not null then 0 end as detention_events
  from korpu.comparison c
  join korpu.cohort_result p on p.id = c.rehabilitation_id
  join korpu.cohort_result q on q.id = c.detention_id
 cross join lateral (select distinct x.dimension, x.band from korpu.cohort_stratum x where x.cohort_id in (c.rehabilitation_id, c.detention_id)) s
  left join korpu.cohort_stratum r on (r.cohort_id, r.dimension, r.band) = (c.rehabilitation_id, s.dimension, s.band)
  left join korpu.cohort_stratum d on (d.cohort_id, d.dimension, d.band) = (c.detention_id, s.dimension, s.band);
comment on view korpu.comparison_stratum is 'The parts of two published cohorts that have the same in common, side by side.';

-- +goose StatementBegin
create function korpu.comparison_warnings(r korpu.cohort_result, d korpu.cohort_result) returns text[] language sql immutable as $$
  select array_remove(array[
    'Who enters a programme is chosen by authorities and centres, and not by chance. The groups differ in more than in what was done with the children, so a difference between them does not show what that has brought about.',
    case when least(r.children, d.children) < 30 or r.children is null or d.children is null then 'A group is small: chance alone moves its share by much.' end,
    case when r.wilson_lower <= d.wilson_upper and d.wilson_lower <= r.wilson_upper then 'The intervals of the two shares overlap.' end,
    case when r.counted_from <> d.counted_from then 'One group is followed from the entry on, the other from the end.' end,
    'Groups that look alike part by part may differ in what is not on record, such as family and school. Where a part is left out, it is too few in it, or would tell of another.'], null)
$$;
-- +goose StatementEnd
comment on function korpu.comparison_warnings(korpu.cohort_result, korpu.cohort_result) is 'What whoever compares a programme with detention must know.';

-- +goose StatementBegin
create function korpu.warn_of_comparison() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.warnings := coalesce(korpu.comparison_warnings((select r from korpu.cohort_result r where r.id = new.rehabilitation_id), (select d from korpu.cohort_result d where d.id = new.detention_id)), '{}');
  return new;
end $$;
-- +goose StatementEnd
create trigger b_warns before insert on korpu.comparison for each row when (new.warnings is null) execute function korpu.warn_of_comparison();

-- +goose StatementBegin
create function korpu.check_comparison() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  r korpu.cohort_result;
  d korpu.cohort_result;
begin
  select * into r from korpu.cohort_result x where x.id = new.rehabilitation_id;
  select * into d from korpu.cohort_result x where x.id = new.detention_id;
  if r.path <> 'PROGRAMME' or d.path <> 'DETENTION' then
    perform korpu.refuse('rehabilitation must be a published cohort of a programme, detention one of detention');
  elsif (r.begins_on, r.ends_on, r.months, r.event, r.dated_by, r.district_id) is distinct from (d.begins_on, d.ends_on, d.months, d.event, d.dated_by, d.district_id) then
    perform korpu.refuse('only cohorts of the same half-years and district are compared, by the same event, date and months');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger comparison_is_possible after insert on korpu.comparison for each row when (korpu.commanded()) execute function korpu.check_comparison();
create trigger a_stays before update or delete on korpu.comparison for each row execute function korpu.stay('what was published stays as it is');

select korpu.guard_commands('comparison');
revoke all on function korpu.comparison_warnings(korpu.cohort_result, korpu.cohort_result), korpu.warn_of_comparison(), korpu.check_comparison() from public;
reset role;
