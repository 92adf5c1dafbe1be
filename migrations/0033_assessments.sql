-- Assessments in parts that are signed: the social one, the family's, the child's own view; and the psychological one, which is the
-- psychologist's. A signed part does not change: revising it makes a new edition. The recommendation is read apart from what it rests on.
-- +goose Up
set local role korpu_owner;

create table korpu.assessment_part (
  id             uuid not null default gen_random_uuid(),
  version        integer not null default 1,
  child_id       uuid not null,
  case_id        uuid not null,
  agency_id      uuid not null,
  author_id      uuid not null,
  created_at     timestamptz not null default now(),
  kind           text not null,
  edition        integer not null default 1,
  replaces_id    uuid,
  written_at     timestamptz not null,
  content        text not null,
  recommendation text,
  signed_at      timestamptz,
  filed_on       date,
  constraint assessment_part_pkey primary key (id),
  constraint assessment_part_belongs_to_case_and_child unique (id, case_id, child_id, kind),
  constraint assessment_part_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint assessment_part_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint assessment_part_author_exists foreign key (author_id) references korpu.staff (id),
  constraint assessment_part_replaces_exists foreign key (replaces_id, case_id, child_id, kind) references korpu.assessment_part (id, case_id, child_id, kind),
  constraint assessment_part_is_replaced_once unique (replaces_id),
  constraint assessment_part_kind_is_known check (kind in ('SOCIAL','FAMILY','CHILD_VIEW'))
);
comment on table korpu.assessment_part is 'One part of an assessment in one edition.';
create index assessment_part_by_child on korpu.assessment_part (child_id, written_at desc, id desc);
create index assessment_part_by_case on korpu.assessment_part (case_id);
create statistics korpu.assessment_part_keys (dependencies) on case_id, child_id from korpu.assessment_part;

create table korpu.psychological_part (
  id             uuid not null default gen_random_uuid(),
  version        integer not null default 1,
  child_id       uuid not null,
  case_id        uuid not null,
  agency_id      uuid not null,
  author_id      uuid not null,
  created_at     timestamptz not null default now(),
  edition        integer not null default 1,
  replaces_id    uuid,
  written_at     timestamptz not null,
  instrument     bytea not null,
  result         bytea not null,
  recommendation text,
  signed_at      timestamptz,
  filed_on       date,
  constraint psychological_part_pkey primary key (id),
  constraint psychological_part_belongs_to_case_and_child unique (id, case_id, child_id),
  constraint psychological_part_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint psychological_part_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint psychological_part_author_exists foreign key (author_id) references korpu.staff (id),
  constraint psychological_part_replaces_exists foreign key (replaces_id, case_id, child_id) references korpu.psychological_part (id, case_id, child_id),
  constraint psychological_part_is_replaced_once unique (replaces_id)
);
comment on table korpu.psychological_part is 'The psychological part of an assessment in one edition.';
comment on column korpu.psychological_part.instrument is 'Encrypted with the key of agency_id, for this table, column and id.';
comment on column korpu.psychological_part.result is 'Encrypted with the key of agency_id, for this table, column and id.';
create index psychological_part_by_child on korpu.psychological_part (child_id, written_at desc, id desc);
create index psychological_part_by_case on korpu.psychological_part (case_id);
create statistics korpu.psychological_part_keys (dependencies) on case_id, child_id from korpu.psychological_part;

create view korpu.recommendation as
select p.id, p.child_id, p.case_id, p.agency_id, p.author_id, p.created_at, p.kind, p.edition, p.signed_at, p.filed_on, p.recommendation
  from korpu.assessment_part p
 where p.signed_at is not null and p.recommendation is not null
   and not exists (select from korpu.assessment_part n where n.replaces_id = p.id and n.signed_at is not null)
union all
select p.id, p.child_id, p.case_id, p.agency_id, p.author_id, p.created_at, null, p.edition, p.signed_at, p.filed_on, p.recommendation
  from korpu.psychological_part p
 where p.signed_at is not null and p.recommendation is not null
   and not exists (select from korpu.psychological_part n where n.replaces_id = p.id and n.signed_at is not null);
comment on view korpu.recommendation is 'What signed parts of assessments recommend, of each the last signed edition, apart from what it rests on.';

-- A new edition is of the same child, case and kind as the one that it replaces.
-- +goose StatementBegin
create function korpu.fill_edition() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  former jsonb;
begin
  if new.replaces_id is not null then
    execute format('select to_jsonb(t) from korpu.%I t where id = $1', tg_table_name) into former using new.replaces_id;
    new := jsonb_populate_record(new, jsonb_build_object('child_id', former -> 'child_id', 'case_id', former -> 'case_id', 'edition', (former ->> 'edition')::integer + 1)
      || case when former ? 'kind' then jsonb_build_object('kind', former -> 'kind') else '{}' end);
  else
    select c.child_id into new.child_id from korpu.case_file c where c.id = new.case_id;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_fills_keys before insert on korpu.assessment_part for each row when (new.child_id is null) execute function korpu.fill_edition();
create trigger a_fills_keys before insert on korpu.psychological_part for each row when (new.child_id is null) execute function korpu.fill_edition();

-- +goose StatementBegin
create function korpu.check_part() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  changes jsonb := to_jsonb(new) - array['version', 'filed_on'];
  is_signed boolean;
begin
  if tg_op = 'INSERT' then
    execute format('select signed_at is not null from korpu.%I where id = $1', tg_table_name) into is_signed using new.replaces_id;
    if not is_signed then
      perform korpu.refuse('the former edition is not signed: write it anew');
    end if;
    return null;
  elsif old.signed_at is null and new.filed_on is not null then
    perform korpu.refuse('only a signed part is filed');
  elsif old.signed_at is not null and (old.filed_on is not null or new.filed_on is null or changes <> to_jsonb(old) - array['version', 'filed_on']) then
    perform korpu.refuse('a signed part does not change, and is filed once: revise it, which makes a new edition');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger revision_is_of_a_signed_part after insert on korpu.assessment_part for each row when (korpu.commanded() and new.replaces_id is not null) execute function korpu.check_part();
create trigger revision_is_of_a_signed_part after insert on korpu.psychological_part for each row when (korpu.commanded() and new.replaces_id is not null) execute function korpu.check_part();
create trigger b_checks before update on korpu.assessment_part for each row when (korpu.commanded()) execute function korpu.check_part();
create trigger b_checks before update on korpu.psychological_part for each row when (korpu.commanded()) execute function korpu.check_part();

select korpu.guard_commands('assessment_part', 'psychological_part');
revoke all on function korpu.fill_edition(), korpu.check_part() from public;
reset role;
