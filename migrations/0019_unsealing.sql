-- Unsealing: an order opens a sealed case to one person until a day. Whether there is such a case, nobody is told.
-- +goose Up
set local role korpu_owner;

alter table korpu.jurisdiction add column unsealing_days integer not null default 90;
comment on column korpu.jurisdiction.unsealing_days is 'For how many days at most a sealed case is opened to a person.';

create table korpu.unseal_order (
  id          uuid not null default gen_random_uuid(),
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  version     integer not null default 1,
  case_number text not null,
  reference   text not null,
  legal_basis text not null,
  person_id   uuid not null,
  until       timestamptz not null,
  opens_case_id  uuid,
  opens_child_id uuid,
  constraint unseal_order_pkey primary key (id),
  constraint unseal_order_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint unseal_order_author_exists foreign key (author_id) references korpu.staff (id),
  constraint unseal_order_person_exists foreign key (person_id) references korpu.staff (id),
  constraint unseal_order_case_exists foreign key (opens_case_id, opens_child_id) references korpu.case_file (id, child_id)
);
comment on table korpu.unseal_order is 'That a person may see a sealed case until a moment. It is kept alike whether or not there is a case of the number; which one it opens, no view shows.';
create index unseal_order_by_end on korpu.unseal_order (until desc, id desc);
create index unseal_order_by_case on korpu.unseal_order (person_id, opens_case_id);
create index unseal_order_by_child on korpu.unseal_order (person_id, opens_child_id);

-- An order that fits more than one sealed case opens none.
-- +goose StatementBegin
create function korpu.find_sealed_case() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  found_cases uuid[] := (select array_agg(c.id) from korpu.case_file c where c.number = new.case_number and c.sealed_at is not null);
begin
  if cardinality(found_cases) = 1 then
    new.opens_case_id := found_cases[1];
    new.opens_child_id := (select c.child_id from korpu.case_file c where c.id = found_cases[1]);
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_finds_sealed_case before insert on korpu.unseal_order for each row when (korpu.commanded()) execute function korpu.find_sealed_case();

-- +goose StatementBegin
create function korpu.check_unseal_order() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  days integer := (select j.unsealing_days from korpu.jurisdiction j where j.in_force <= current_date order by j.in_force desc limit 1);
begin
  if new.until <= now() then
    perform korpu.refuse('until lies in the past');
  elsif new.until > now() + make_interval(days => days) then
    perform korpu.refuse(format('until is later than %s days from now', days));
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger order_is_possible after insert on korpu.unseal_order for each row when (korpu.commanded()) execute function korpu.check_unseal_order();
create trigger b_ends_once before update on korpu.unseal_order for each row when (korpu.commanded() and old.until <= now()) execute function korpu.end_once('until', 'the order has expired');

alter table korpu.unseal_order enable row level security;
create policy reads on korpu.unseal_order for select to korpu_writer using (true);
create policy changes on korpu.unseal_order for update to korpu_writer using (korpu.may(unseal_order)) with check (korpu.become(unseal_order));
create policy makes on korpu.unseal_order for insert to korpu_writer with check (korpu.become(unseal_order));

-- What is of no child is announced to nobody.
-- +goose StatementBegin
create or replace function korpu.announce(of_event text, of_record text, of_table text, of_id uuid) returns table (child uuid, of_case uuid)
  language plpgsql security definer set search_path = '' as $$
begin
  execute format('select (to_jsonb(t) ->> %L)::uuid, (to_jsonb(t) ->> %L)::uuid from korpu.%I t where id = $1',
                 case when of_table = 'child' then 'id' else 'child_id' end, case when of_table = 'case_file' then 'id' else 'case_id' end, of_table)
    into strict child, of_case using of_id;
  if child is null then
    return next;
    return;
  end if;
  insert into korpu.outbox (event, record, record_id, child_id, case_id, agency_id)
  values (of_event, of_record, of_id, child, of_case, korpu.agency());
  update korpu.command_receipt r set child_id = child, case_id = of_case
   where r.record_id = of_id and r.staff_id = korpu.staff() and r.child_id is null;
  return next;
end $$;
-- +goose StatementEnd
revoke all on function korpu.find_sealed_case(), korpu.check_unseal_order() from public;
reset role;
