-- Sealing: the rules that say when a case is due, the orders that bring it forward, and the run that does it. A sealed case is
-- kept and absent for everybody; with its last case a child is.
-- +goose Up
-- +goose StatementBegin
do $$
begin
  create role korpu_sealer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- +goose StatementEnd
set local role korpu_owner;

create table korpu.sealing_rule (
  country       text not null,
  rule          text not null,
  in_force      date not null,
  stage         text not null,
  diversion     text,
  counted_from  text not null,
  months        integer,
  basis         text not null,
  source        text not null,
  constraint sealing_rule_pkey primary key (country, rule, in_force),
  constraint sealing_rule_beginning_is_known check (counted_from in ('CLOSING', 'BIRTH')),
  constraint sealing_rule_months_are_possible check (months between 0 and 1200)
);
comment on table korpu.sealing_rule is 'When a case is due to be sealed: so many months after its closing, or after the birth of the child and not before its closing. Each row holds from its day on, until another of the same rule.';
comment on column korpu.sealing_rule.diversion is 'The state of the diversion with which the case must have ended; null for any case.';
comment on column korpu.sealing_rule.months is 'Null where the rule has been repealed from that day on.';

-- The ages and terms have to be confirmed by the country's lawyers before they are used on real cases.
insert into korpu.sealing_rule (country, rule, in_force, stage, diversion, counted_from, months, basis, source) values
  ('AZ', 'completed-diversion', '2000-09-01', 'CLOSED', 'COMPLETED', 'CLOSING', 12, 'General Comment 24, 18(f)', 'a term chosen so that eight months of follow-up fit in, to be confirmed'),
  ('AZ', 'adulthood', '2000-09-01', 'CLOSED', null, 'BIRTH', 216, 'General Comment 24, 71; Havana Rules 19', 'eighteen years, to be confirmed');

create table korpu.sealing_order (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  case_id    uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  reference  text not null,
  reason     text not null,
  seal_on    date not null,
  constraint sealing_order_pkey primary key (id),
  constraint sealing_order_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint sealing_order_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint sealing_order_author_exists foreign key (author_id) references korpu.staff (id)
);
comment on table korpu.sealing_order is 'That a case is to be sealed on a day, earlier than the rules have it.';
create index sealing_order_by_case on korpu.sealing_order (case_id, seal_on);
create index case_file_closed on korpu.case_file (closed_on) where stage = 'CLOSED' and sealed_at is null;

-- A child who is held stays in the register (Havana Rules 20), so a case with an open stay waits.
create view korpu.sealing_due as
select c.id, c.child_id, c.id as case_id, c.agency_id, c.author_id, c.created_at, c.number as case_number, due.rule, due.basis, due.due_on, due.order_id
  from korpu.case_file c
  join korpu.child k on k.id = c.child_id
 cross join lateral (
   select w.rule, w.basis, w.due_on, w.order_id
     from (select r.rule, r.basis, null::uuid as order_id,
                  case r.counted_from when 'BIRTH' then greatest(c.closed_on, (k.born_on + make_interval(months => r.months))::date)
                                      else (c.closed_on + make_interval(months => r.months))::date end as due_on
             from (select distinct on (s.country, s.rule) s.* from korpu.sealing_rule s where s.in_force <= current_date
                    order by s.country, s.rule, s.in_force desc) r
             left join korpu.diversion d on d.case_id = c.id
            where r.months is not null and r.stage = c.stage and (r.diversion is null or r.diversion = d.status)
            union all
           select 'order', o.reference, o.id, o.seal_on from korpu.sealing_order o where o.case_id = c.id) w
    order by w.due_on, w.rule limit 1) due
 where c.sealed_at is null and c.stage = 'CLOSED' and c.closed_on is not null and due.due_on <= current_date + 90
   and not exists (select from korpu.detention_episode e where e.case_id = c.id and e.released_at is null);
comment on view korpu.sealing_due is 'Closed cases that are due to be sealed, or will be within ninety days, by the rule or order that comes first.';

create table korpu.sealing (
  case_id  uuid not null,
  child_id uuid not null,
  at       timestamptz not null default now(),
  rule     text not null,
  basis    text not null,
  due_on   date not null,
  constraint sealing_pkey primary key (case_id),
  constraint sealing_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id)
);
comment on table korpu.sealing is 'That a case was sealed, and why. No role of a profile reads it.';

-- What was done under a key belongs to a child and case, and goes out of sight with them.
alter table korpu.command_receipt add column child_id uuid, add column case_id uuid;
update korpu.command_receipt r set child_id = o.child_id, case_id = o.case_id from korpu.outbox o where o.record_id = r.record_id;
create index command_receipt_by_record on korpu.command_receipt (record_id);
create index command_receipt_by_child on korpu.command_receipt (child_id, case_id);

-- +goose StatementBegin
create or replace function korpu.announce(of_event text, of_record text, of_table text, of_id uuid) returns table (child uuid, of_case uuid)
  language plpgsql security definer set search_path = '' as $$
begin
  execute format('select (to_jsonb(t) ->> %L)::uuid, (to_jsonb(t) ->> %L)::uuid from korpu.%I t where id = $1',
                 case when of_table = 'child' then 'id' else 'child_id' end, case when of_table = 'case_file' then 'id' else 'case_id' end, of_table)
    into strict child, of_case using of_id;
  insert into korpu.outbox (event, record, record_id, child_id, case_id, agency_id)
  values (of_event, of_record, of_id, child, of_case, korpu.agency());
  update korpu.command_receipt r set child_id = child, case_id = of_case
   where r.record_id = of_id and r.staff_id = korpu.staff() and r.child_id is null;
  return next;
end $$;
-- +goose StatementEnd

-- What is told of a case, and under which keys it was changed, goes out of sight with it: a consumer of events, and a command
-- that is sent once more, meet what they would meet had there never been such a case.
-- +goose StatementBegin
create function korpu.seal_child(whose uuid) returns void language plpgsql set search_path = '' as $$
begin
  update korpu.child k set sealed_at = now()
   where k.id = whose and k.sealed_at is null and k.holders = '{}'
     and exists (select from korpu.case_file c where c.child_id = k.id)
     and not exists (select from korpu.case_file c where c.child_id = k.id and c.sealed_at is null);
  if found then
    delete from korpu.outbox o where o.child_id = whose;
    delete from korpu.command_receipt r where r.child_id = whose;
  end if;
end $$;
-- +goose StatementEnd
comment on function korpu.seal_child(uuid) is 'Seals a child none of whose cases is open, unless the child is held.';

-- +goose StatementBegin
create function korpu.seal_case(whose uuid, of_case uuid) returns boolean language plpgsql set search_path = '' as $$
declare
  due korpu.sealing_due;
begin
  perform 1 from korpu.child k where k.id = whose for no key update;
  select * into due from korpu.sealing_due d where d.id = of_case and d.due_on <= current_date;
  if due.id is null then
    return false; -- it has changed while the lock was waited for
  end if;
  update korpu.case_file set sealed_at = now() where id = of_case;
  insert into korpu.sealing (case_id, child_id, rule, basis, due_on) values (of_case, whose, due.rule, due.basis, due.due_on);
  delete from korpu.outbox o where o.child_id = whose and o.case_id = of_case;
  delete from korpu.command_receipt r where r.child_id = whose and r.case_id = of_case;
  perform korpu.seal_child(whose);
  return true;
end $$;
-- +goose StatementEnd
comment on function korpu.seal_case(uuid, uuid) is 'Seals a case of a child if it is due, and the child with the last one.';

-- +goose StatementBegin
create function korpu.seal_due(most integer) returns integer language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  next record;
  done integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('korpu sealing', 0)) then
    return null;
  end if;
  for next in select d.child_id, d.id from korpu.sealing_due d where d.due_on <= current_date order by d.child_id, d.id limit most loop
    done := done + korpu.seal_case(next.child_id, next.id)::integer;
  end loop;
  if done = 0 then
    for next in select k.id from korpu.child k where k.sealed_at is null and k.holders = '{}'
                  and not exists (select from korpu.case_file c where c.child_id = k.id and c.sealed_at is null) order by k.id loop
      perform korpu.seal_child(next.id);
    end loop;
  end if;
  return done;
end $$;
-- +goose StatementEnd
comment on function korpu.seal_due(integer) is 'Seals cases that are due, so many at most, and tells how many; null where another is at it. When no case is left, children follow who were held when their last case was sealed.';

-- +goose StatementBegin
create function korpu.check_sealing_order() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if (select c.stage <> 'CLOSED' from korpu.case_file c where c.id = new.case_id) then
    perform korpu.refuse('only a closed case can be sealed');
  elsif new.seal_on < current_date then
    perform korpu.refuse('sealOn lies in the past');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger a_fills_keys before insert on korpu.sealing_order for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
create trigger order_is_possible after insert on korpu.sealing_order for each row when (korpu.commanded()) execute function korpu.check_sealing_order();
alter table korpu.sealing_order enable row level security;
create policy makes on korpu.sealing_order for insert to korpu_writer with check (korpu.become(sealing_order));

-- A released note is of the case of the note, which may be sealed while the child is not.
alter table korpu.legal_note
  add column case_or_self uuid not null generated always as (coalesce(case_id, id)) stored,
  add constraint legal_note_belongs_to_child_and_case unique (id, child_id, case_or_self);
alter table korpu.note_release add column case_id uuid;
update korpu.note_release r set case_id = n.case_id from korpu.legal_note n where n.id = r.note_id;
alter table korpu.note_release
  add column case_or_note uuid not null generated always as (coalesce(case_id, note_id)) stored,
  add constraint note_release_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  add constraint note_release_is_of_its_note foreign key (note_id, child_id, case_or_note) references korpu.legal_note (id, child_id, case_or_self),
  drop constraint note_release_note_exists;
drop trigger a_fills_keys on korpu.note_release;
create trigger a_fills_keys before insert on korpu.note_release for each row when (new.child_id is null) execute function korpu.fill_keys('legal_note', 'note_id', 'case_id');
create or replace view korpu.released_note as
select r.id, n.child_id, n.agency_id, n.author_id, n.created_at, r.note_id, n.id as legal_note_id, r.recipient_id, r.at, n.title, n.body, n.case_id
  from korpu.note_release r join korpu.legal_note n on n.id = r.note_id;
-- An access in an emergency names the case by which the child was found, and goes out of sight with it.
alter table korpu.emergency_access add column case_id uuid;
update korpu.emergency_access e set case_id = (select c.id from korpu.case_file c where c.number = e.case_number and c.child_id = e.child_id order by c.id limit 1);
alter table korpu.emergency_access
  add constraint emergency_access_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id);
-- +goose StatementBegin
create or replace function korpu.find_in_emergency() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  select c.child_id, c.id into new.child_id, new.case_id from korpu.case_file c join korpu.child k on k.id = c.child_id
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
revoke all on function korpu.seal_child(uuid), korpu.seal_case(uuid, uuid), korpu.seal_due(integer), korpu.check_sealing_order() from public;
reset role;
