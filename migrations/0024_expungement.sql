-- Expungement: the rules that say when a sealed case is due to be destroyed, the holds that keep it, and the two persons who decide.
-- +goose Up
set local role korpu_owner;

create table korpu.expungement_rule (
  country   text not null,
  rule      text not null,
  in_force  date not null,
  diversion text,
  months    integer,
  basis     text not null,
  source    text not null,
  constraint expungement_rule_pkey primary key (country, rule, in_force),
  constraint expungement_rule_months_are_possible check (months between 0 and 1200)
);
comment on table korpu.expungement_rule is 'When a sealed case is due to be destroyed: so many months after its sealing. Each row holds from its day on, until another of the same rule.';
comment on column korpu.expungement_rule.diversion is 'The state of the diversion with which the case ended; null for any case.';
comment on column korpu.expungement_rule.months is 'Null where the rule has been repealed from that day on.';

-- The terms have to be confirmed by the country's lawyers before they are used on real cases.
insert into korpu.expungement_rule (country, rule, in_force, diversion, months, basis, source) values
  ('AZ', 'completed-diversion', '2000-09-01', 'COMPLETED', 24, 'General Comment 24, 18(f)', 'a term chosen so that reviews and research are over, to be confirmed'),
  ('AZ', 'retention', '2000-09-01', null, 60, 'Havana Rules 19', 'five years as the appropriate time, to be confirmed');

create table korpu.legal_hold (
  id          uuid not null default gen_random_uuid(),
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  version     integer not null default 1,
  case_number text not null,
  reference   text not null,
  legal_basis text not null,
  until       timestamptz not null,
  constraint legal_hold_pkey primary key (id),
  constraint legal_hold_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint legal_hold_author_exists foreign key (author_id) references korpu.staff (id)
);
comment on table korpu.legal_hold is 'That no case of a number is destroyed until a moment. It is kept alike whether or not there is such a case.';
create index legal_hold_by_end on korpu.legal_hold (until desc, id desc);
create index legal_hold_by_number on korpu.legal_hold (case_number, until);

-- The register of a place of detention keeps a child who is held, so all cases of the child wait. With the last case the child
-- goes, who must be sealed by then.
create view korpu.expungement_due as
select c.id, c.number as case_number, due.rule, due.basis, due.due_on, kept.until as held_until
  from korpu.case_file c
  join korpu.child k on k.id = c.child_id
 cross join lateral (
   select r.rule, r.basis, (c.sealed_at at time zone 'UTC' + make_interval(months => r.months))::date as due_on
     from (select distinct on (e.country, e.rule) e.* from korpu.expungement_rule e where e.in_force <= current_date
            order by e.country, e.rule, e.in_force desc) r
     left join korpu.diversion d on d.case_id = c.id
    where r.months is not null and (r.diversion is null or r.diversion = d.status)
    order by 3, 1 limit 1) due
 cross join lateral (
   select max(o.until) as until
     from (select h.until from korpu.legal_hold h where h.case_number = c.number
            union all
           select u.until from korpu.unseal_order u where u.opens_case_id = c.id) o where o.until > now()) kept
 where c.sealed_at is not null and k.holders = '{}' and due.due_on <= current_date + 90
   and (k.sealed_at is not null or exists (select from korpu.case_file o where o.child_id = k.id and o.sealed_at is null));
comment on view korpu.expungement_due is 'Sealed cases that are due to be destroyed, or will be within ninety days, by the rule that comes first; and until when a hold, or an order that opens the case, keeps it.';

create table korpu.expungement (
  id          uuid not null default gen_random_uuid(),
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  version     integer not null default 1,
  status      text not null,
  case_id     uuid,
  decider_id  uuid,
  decided_at  timestamptz,
  reason      text,
  number      integer,
  rule        text,
  basis       text,
  expunged_on date,
  constraint expungement_pkey primary key (id),
  constraint expungement_number_is_unique unique (number),
  constraint expungement_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint expungement_author_exists foreign key (author_id) references korpu.staff (id),
  constraint expungement_decider_exists foreign key (decider_id) references korpu.staff (id),
  constraint expungement_case_exists foreign key (case_id) references korpu.case_file (id),
  constraint expungement_status_is_known check (status in ('PROPOSED','APPROVED','REFUSED','EXPUNGED')),
  constraint expungement_is_approved_by_somebody_else check (status not in ('APPROVED','EXPUNGED') or coalesce(decider_id <> author_id, false)),
  constraint expungement_names_no_case_that_is_gone check (status <> 'EXPUNGED' or case_id is null and number is not null and rule is not null and basis is not null and expunged_on is not null)
);
comment on table korpu.expungement is 'That a sealed case is to be destroyed, who proposed it and who decided; once it is destroyed, the certificate, which says nothing of case or child.';
create index expungement_by_proposal on korpu.expungement (created_at desc, id desc);
create index expungement_by_status on korpu.expungement (status, created_at desc, id desc);
create index expungement_by_case on korpu.expungement (case_id);
create unique index expungement_is_under_way_once on korpu.expungement (case_id) where status in ('PROPOSED','APPROVED');

create table korpu.expungement_rows (
  id             uuid not null default gen_random_uuid(),
  expungement_id uuid not null,
  of_table       text not null,
  rows           integer not null,
  constraint expungement_rows_pkey primary key (id),
  constraint expungement_rows_are_counted_once unique (expungement_id, of_table),
  constraint expungement_rows_expungement_exists foreign key (expungement_id) references korpu.expungement (id)
);
comment on table korpu.expungement_rows is 'How many rows of a table were destroyed.';

create table korpu.expungement_copy (
  id             uuid not null default gen_random_uuid(),
  expungement_id uuid not null,
  kind           text not null,
  holds          text not null,
  expires_on     date not null,
  constraint expungement_copy_pkey primary key (id),
  constraint expungement_copy_is_named_once unique (expungement_id, kind),
  constraint expungement_copy_expungement_exists foreign key (expungement_id) references korpu.expungement (id)
);
comment on table korpu.expungement_copy is 'A kind of copy of what was destroyed that is kept outside of the database, and the day from which there is none any more.';

create table korpu.expungement_reader (
  id             uuid not null default gen_random_uuid(),
  expungement_id uuid not null,
  agency_id      uuid not null,
  last_on        date not null,
  constraint expungement_reader_pkey primary key (id),
  constraint expungement_reader_is_named_once unique (expungement_id, agency_id),
  constraint expungement_reader_expungement_exists foreign key (expungement_id) references korpu.expungement (id),
  constraint expungement_reader_agency_exists foreign key (agency_id) references korpu.agency (id)
);
comment on table korpu.expungement_reader is 'An agency that had read what was destroyed, and may hold copies of its own.';

-- Who proposes what is not due, is held or is not there gets one answer.
-- +goose StatementBegin
create function korpu.find_expungeable() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.expungement_due d where d.id = new.case_id and d.due_on <= current_date and d.held_until is null) then
    raise exception using errcode = '42501', message = 'no such case';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_finds_expungeable before insert on korpu.expungement for each row when (korpu.commanded()) execute function korpu.find_expungeable();

-- +goose StatementBegin
create function korpu.check_hold() returns trigger language plpgsql as $$
begin
  if new.until <= now() then
    raise exception using errcode = 'KP001', message = 'until lies in the past';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger hold_is_possible after insert on korpu.legal_hold for each row when (korpu.commanded()) execute function korpu.check_hold();
create trigger b_ends_once before update on korpu.legal_hold for each row when (korpu.commanded() and old.until <= now()) execute function korpu.end_once('until', 'the hold has ended');

-- +goose StatementBegin
create function korpu.keep_certificate() returns trigger language plpgsql as $$
begin
  raise exception using errcode = 'KP001', message = 'a certificate stays as it is';
end $$;
-- +goose StatementEnd
create trigger certificate_stays before update or delete on korpu.expungement for each row when (old.status = 'EXPUNGED') execute function korpu.keep_certificate();
create trigger certificate_stays before update or delete on korpu.expungement_rows for each row execute function korpu.keep_certificate();
create trigger certificate_stays before update or delete on korpu.expungement_copy for each row execute function korpu.keep_certificate();
create trigger certificate_stays before update or delete on korpu.expungement_reader for each row execute function korpu.keep_certificate();

-- +goose StatementBegin
do $$
declare
  name text;
begin
  foreach name in array array['legal_hold', 'expungement'] loop
    execute format('alter table korpu.%I enable row level security', name);
    execute format('create policy reads on korpu.%I for select to korpu_writer using (true)', name);
    execute format('create policy changes on korpu.%I for update to korpu_writer using (korpu.may(%I)) with check (korpu.become(%I))', name, name, name);
    execute format('create policy makes on korpu.%I for insert to korpu_writer with check (korpu.become(%I))', name, name);
  end loop;
end $$;
-- +goose StatementEnd
revoke all on function korpu.find_expungeable(), korpu.check_hold(), korpu.keep_certificate() from public;
reset role;
