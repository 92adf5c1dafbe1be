-- What an approved expungement does: it counts the case where figures are frozen, destroys all that is kept of it, and writes the certificate.
-- +goose Up
set local role korpu_owner;

create table korpu.copy_kept (
  kind  text not null,
  holds text not null,
  days  integer not null,
  constraint copy_kept_pkey primary key (kind),
  constraint copy_kept_days_are_possible check (days >= 0)
);
comment on table korpu.copy_kept is 'The kinds of copies of the database that whoever runs the hub keeps, and for how many days a copy is kept. A certificate lists them.';
insert into korpu.copy_kept (kind, holds, days) values
  ('backup', 'dumps of the whole database', 90),
  ('log', 'archived write-ahead log', 30),
  ('replica', 'standby servers', 1);

create table korpu.frozen_count (
  year        integer not null,
  district_id uuid not null,
  path        text not null,
  outcome     text not null,
  cases       integer not null,
  children    integer not null,
  detained    integer not null,
  constraint frozen_count_pkey primary key (year, district_id, path, outcome),
  constraint frozen_count_district_exists foreign key (district_id) references korpu.district (id)
);
comment on table korpu.frozen_count is 'Counts of cases that were destroyed: figures of a period are those of korpu.case_fact and these together. No role of a profile reads it.';
comment on column korpu.frozen_count.children is 'Children none of whose cases with this year, district, path and outcome is left.';

create view korpu.case_fact as
select c.id as case_id, c.child_id, extract(year from c.opened_on)::integer as year, c.district_id,
       case when d.id is not null then 'DIVERSION'
            else coalesce((select p.capacity from korpu.case_party p where p.case_id = c.id and p.capacity in ('COURT', 'COMMISSION', 'PROSECUTION')
                            order by array_position(array['COURT', 'COMMISSION', 'PROSECUTION'], p.capacity) limit 1), 'INVESTIGATION') end as path,
       coalesce(d.status, c.stage) as outcome,
       exists (select from korpu.detention_episode e where e.case_id = c.id) as detained
  from korpu.case_file c left join korpu.diversion d on d.case_id = c.id;
comment on view korpu.case_fact is 'What is counted of each case: when and where it began, how far it went, how it stands. Sealed cases are among them.';

-- +goose StatementBegin
create function korpu.freeze_case(of_case uuid) returns void language sql set search_path = '' as $$
  insert into korpu.frozen_count as n (year, district_id, path, outcome, cases, children, detained)
  select f.year, f.district_id, f.path, f.outcome, 1,
         (not exists (select from korpu.case_fact o where o.child_id = f.child_id and o.case_id <> f.case_id
            and (o.year, o.district_id, o.path, o.outcome) = (f.year, f.district_id, f.path, f.outcome)))::integer, f.detained::integer
    from korpu.case_fact f where f.case_id = of_case
      on conflict on constraint frozen_count_pkey do update
     set cases = n.cases + excluded.cases, children = n.children + excluded.children, detained = n.detained + excluded.detained
$$;
-- +goose StatementEnd
comment on function korpu.freeze_case(uuid) is 'Counts a case among the frozen figures.';

-- Which tables hold something of a child or case is read from the catalog, so that a later one is not forgotten; those that
-- refer to others come first.
-- +goose StatementBegin
create function korpu.destroy_case(of_case uuid, whose uuid) returns table (of_table text, n integer) language plpgsql set search_path = '' as $$
declare
  whole boolean := not exists (select from korpu.case_file c where c.child_id = whose and c.id <> of_case);
begin
  for of_table in
    with recursive below (id, depth) as (
      select 'korpu.child'::regclass::oid, 0
       union
      select k.conrelid, b.depth + 1 from below b join pg_constraint k on k.confrelid = b.id and k.contype = 'f' and k.conrelid <> k.confrelid)
    select c.relname::text
      from pg_class c join pg_attribute a on a.attrelid = c.oid left join below b on b.id = c.oid
     where c.relnamespace = 'korpu'::regnamespace and c.relkind in ('r', 'p')
     group by c.oid
    having whole and c.relname = 'child' or bool_or(a.attname = 'child_id') and (whole or c.relname = 'case_file' or bool_or(a.attname = 'case_id'))
     order by coalesce(max(b.depth), 0) desc, c.relname
  loop
    execute format('delete from korpu.%I where %s', of_table,
      case when whole then case of_table when 'child' then 'id' else 'child_id' end || ' = $1'
           else 'child_id = $1 and ' || case of_table when 'case_file' then 'id' else 'case_id' end || ' = $2' end) using whose, of_case;
    get diagnostics n = row_count;
    return next;
  end loop;
end $$;
-- +goose StatementEnd
comment on function korpu.destroy_case(uuid, uuid) is 'Destroys all rows of a case, and with the last case those of the child; tells how many of which table.';

-- Orders and holds name the case by its number, which other cases may have.
-- +goose StatementBegin
create function korpu.forget_number(of_case uuid, case_number text) returns void language plpgsql set search_path = '' as $$
declare
  alone boolean := not exists (select from korpu.case_file c where c.number = forget_number.case_number and c.id <> of_case);
  gone uuid[];
begin
  with orders as (delete from korpu.unseal_order u where u.opens_case_id = of_case or alone and u.case_number = forget_number.case_number returning id),
       holds as (delete from korpu.legal_hold h where alone and h.case_number = forget_number.case_number returning id)
  select array_agg(id) into gone from (select id from orders union all select id from holds) named;
  delete from korpu.command_receipt r where r.record_id = any(gone);
end $$;
-- +goose StatementEnd
comment on function korpu.forget_number(uuid, text) is 'Destroys the orders and holds on a case, and the keys under which they were given.';

-- +goose StatementBegin
create function korpu.certify(approved uuid, rule text, basis text) returns void language sql set search_path = '' as $$
  insert into korpu.expungement_copy (expungement_id, kind, holds, expires_on) select approved, k.kind, k.holds, current_date + k.days from korpu.copy_kept k;
  update korpu.expungement
     set status = 'EXPUNGED', version = version + 1, number = 1 + (select coalesce(max(e.number), 0) from korpu.expungement e),
         rule = certify.rule, basis = certify.basis, expunged_on = current_date
   where id = approved
$$;
-- +goose StatementEnd
comment on function korpu.certify(uuid, text, text) is 'Makes an expungement the certificate of itself.';

-- +goose StatementBegin
create function korpu.expunge(approved uuid) returns boolean language plpgsql set search_path = '' as $$
declare
  of_case uuid := (select e.case_id from korpu.expungement e where e.id = approved);
  whose uuid := (select c.child_id from korpu.case_file c where c.id = of_case);
  due korpu.expungement_due;
begin
  perform 1 from korpu.child k where k.id = whose for update;
  perform 1 from korpu.expungement e where e.id = approved and e.status = 'APPROVED' for update;
  if not found then
    return false; -- it has been refused while the lock was waited for
  end if;
  select * into due from korpu.expungement_due d where d.id = of_case and d.due_on <= current_date and d.held_until is null;
  if due.id is null then
    return false;
  end if;
  perform korpu.freeze_case(of_case);
  insert into korpu.expungement_reader (expungement_id, agency_id, last_on)
  select approved, l.agency_id, max(l.day) from korpu.access_log l
   where l.child_id = whose and (l.case_id = of_case or not exists (select from korpu.case_file c where c.child_id = whose and c.id <> of_case)) group by l.agency_id;
  update korpu.expungement set case_id = null where case_id = of_case;
  perform korpu.forget_number(of_case, due.case_number);
  insert into korpu.expungement_rows (expungement_id, of_table, rows) select approved, d.of_table, d.n from korpu.destroy_case(of_case, whose) d where d.n > 0;
  perform korpu.certify(approved, due.rule, due.basis);
  return true;
end $$;
-- +goose StatementEnd
comment on function korpu.expunge(uuid) is 'Destroys the case of an approved expungement if it is still due and not held.';

-- A hold or order that is being written down at this moment is waited for.
-- +goose StatementBegin
create function korpu.expunge_next() returns uuid language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  chosen uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('korpu sealing', 0));
  lock table korpu.legal_hold, korpu.unseal_order in share row exclusive mode;
  for chosen in select e.id from korpu.expungement e join korpu.expungement_due d on d.id = e.case_id
               where e.status = 'APPROVED' and d.due_on <= current_date and d.held_until is null order by e.decided_at, e.id loop
    if korpu.expunge(chosen) then
      return chosen;
    end if;
  end loop;
  return null;
end $$;
-- +goose StatementEnd
comment on function korpu.expunge_next() is 'Destroys one case whose expungement two persons have decided, and tells under which; null where there is none.';
revoke all on function korpu.freeze_case(uuid), korpu.destroy_case(uuid, uuid), korpu.forget_number(uuid, text), korpu.certify(uuid, text, text), korpu.expunge(uuid), korpu.expunge_next() from public;
reset role;
