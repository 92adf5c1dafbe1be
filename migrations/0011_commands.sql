-- Commands: who may change what is decided by the functions that the policy compiles to, which the row-level security below
-- asks; guards that hold whatever the policy says stand in triggers. Errors KP001 are meant for the caller.
-- +goose Up
-- +goose StatementBegin
do $$
begin
  create role korpu_writer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- +goose StatementEnd
set local role korpu_owner;

alter table korpu.child alter column registered_on set default current_date;
alter table korpu.case_file add column version integer not null default 1;
alter table korpu.case_party add column version integer not null default 1;
alter table korpu.procedure_event add column version integer not null default 1;
alter table korpu.detention_episode add column version integer not null default 1;
alter table korpu.detention_episode add column transferred_to_id uuid constraint detention_episode_transferred_to_exists references korpu.agency (id);
alter table korpu.diversion add column version integer not null default 1;
alter table korpu.diversion add column evidence_sufficient boolean;
alter table korpu.diversion add column legal_advice_offered boolean;
alter table korpu.referral add column version integer not null default 1;
alter table korpu.care_team_member add column version integer not null default 1;
alter table korpu.legal_mandate add column version integer not null default 1;
alter table korpu.legal_note add column version integer not null default 1;
alter table korpu.legal_note add constraint legal_note_belongs_to_child unique (id, child_id);
alter table korpu.consent add column version integer not null default 1;

create table korpu.note_release (
  id           uuid not null default gen_random_uuid(),
  child_id     uuid not null,
  agency_id    uuid not null,
  author_id    uuid not null,
  created_at   timestamptz not null default now(),
  note_id      uuid not null,
  recipient_id uuid not null,
  at           timestamptz not null,
  constraint note_release_pkey primary key (id),
  constraint note_release_note_exists foreign key (note_id, child_id) references korpu.legal_note (id, child_id),
  constraint note_release_child_exists foreign key (child_id) references korpu.child (id),
  constraint note_release_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint note_release_author_exists foreign key (author_id) references korpu.staff (id),
  constraint note_release_recipient_exists foreign key (recipient_id) references korpu.agency (id),
  constraint note_release_is_one_for_each unique (note_id, recipient_id)
);
comment on table korpu.note_release is 'That one signed note was opened to another agency.';
create index note_release_by_note on korpu.note_release (note_id, recipient_id, at desc, id desc);

create view korpu.released_note as
select r.id, n.child_id, n.agency_id, n.author_id, n.created_at, r.note_id, r.recipient_id, r.at, n.title, n.body
  from korpu.note_release r join korpu.legal_note n on n.id = r.note_id;
comment on view korpu.released_note is 'A note as its recipient has it: one row for each recipient.';

create table korpu.command_receipt (
  staff_id  uuid not null,
  key       text not null,
  digest    bytea not null,
  record_id uuid not null,
  at        timestamptz not null default now(),
  constraint command_receipt_pkey primary key (staff_id, key),
  constraint command_receipt_staff_exists foreign key (staff_id) references korpu.staff (id),
  constraint command_receipt_key_is_short check (length(key) between 1 and 100)
);
comment on table korpu.command_receipt is 'A command that was done, under the key that its caller chose. The digest, under a key that is not in the database, tells whether the same is asked again; no answer is kept.';

create table korpu.outbox (
  id        bigint not null generated always as identity,
  at        timestamptz not null default now(),
  event     text not null,
  record    text not null,
  record_id uuid not null,
  child_id  uuid not null,
  case_id   uuid,
  agency_id uuid not null,
  constraint outbox_pkey primary key (id)
);
comment on table korpu.outbox is 'What has happened, in the order of the transactions, without content.';
create index outbox_by_child on korpu.outbox (child_id, id);

create table korpu.case_number (
  prefix text not null,
  year   integer not null,
  last   integer not null,
  constraint case_number_pkey primary key (prefix, year)
);
comment on table korpu.case_number is 'The last number given to a case, by city and year.';

create table korpu.jurisdiction (
  country      text not null,
  in_force     date not null,
  ages         jsonb not null,
  grave        text[] not null,
  institutions jsonb not null,
  source       text not null,
  constraint jurisdiction_pkey primary key (country, in_force)
);
comment on table korpu.jurisdiction is 'The law of the country as far as commands ask it: ages of responsibility, articles for which the lower age holds, names of institutions; each row from its day on.';

-- Who asks, and which command is carried out.
create function korpu.commanded() returns boolean language sql stable as
$$ select coalesce(current_setting('korpu.command', true), '') <> '' $$;
comment on function korpu.commanded() is 'Whether a command is being carried out.';

-- +goose StatementBegin
create function korpu.decide(prefix text, t anyelement) returns boolean language plpgsql stable set search_path = '' as $$
declare
  name text := format('%I.%I', current_setting('korpu.schema', true), prefix || coalesce(current_setting('korpu.command', true), ''));
  decided boolean;
begin
  if to_regprocedure(format('%s(%s)', name, pg_typeof(t))) is null then
    return false;
  end if;
  execute format('select %s($1)', name) into decided using t;
  return coalesce(decided, false);
end $$;
-- +goose StatementEnd
comment on function korpu.decide(text, anyelement) is 'Asks the function that the policy of the request has for the command.';

create function korpu.may(t anyelement) returns boolean language sql stable as $$ select korpu.decide('may_', t) $$;
comment on function korpu.may(anyelement) is 'Whether the command may change the row.';
create function korpu.become(t anyelement) returns boolean language sql stable as $$ select korpu.decide('become_', t) $$;
comment on function korpu.become(anyelement) is 'Whether the command may make the row, or leave it so.';

-- +goose StatementBegin
create function korpu.lock_child(of_table text, of_id uuid) returns void language plpgsql security definer set search_path = '' as $$
declare
  whose uuid := of_id;
begin
  if of_table <> 'child' then
    execute format('select child_id from korpu.%I where id = $1', of_table) into whose using of_id;
  end if;
  perform 1 from korpu.child where id = whose for no key update;
end $$;
-- +goose StatementEnd
comment on function korpu.lock_child(text, uuid) is 'Locks the child of a record, so that the commands on one child follow one another.';

-- +goose StatementBegin
create function korpu.announce(of_event text, of_record text, of_table text, of_id uuid) returns void language plpgsql security definer set search_path = '' as $$
declare
  whose record;
begin
  execute format('select (to_jsonb(t) ->> %L)::uuid as child, (to_jsonb(t) ->> %L)::uuid as of_case from korpu.%I t where id = $1',
                 case when of_table = 'child' then 'id' else 'child_id' end, case when of_table = 'case_file' then 'id' else 'case_id' end, of_table)
    into strict whose using of_id;
  insert into korpu.outbox (event, record, record_id, child_id, case_id, agency_id)
  values (of_event, of_record, of_id, whose.child, whose.of_case, korpu.agency());
end $$;
-- +goose StatementEnd
comment on function korpu.announce(text, text, text, uuid) is 'Puts what happened to a record into the outbox.';

-- Anchors are kept by triggers that now run in the name of their owner: a writing role reaches no table but its own.
alter function korpu.keep_case_anchors() security definer set search_path = '';
alter function korpu.keep_child_anchors() security definer set search_path = '';
alter function korpu.seal_cases_of_child() security definer set search_path = '';
alter function korpu.seal_case_of_sealed_child() security definer set search_path = '';

-- What a new record belongs to tells its case and child.
-- +goose StatementBegin
create function korpu.fill_keys() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  parent text := tg_argv[0];
  parent_id uuid := to_jsonb(new) ->> tg_argv[1];
  keys record;
begin
  if parent_id is null then
    return new;
  end if;
  execute format('select child_id, %s as case_id from korpu.%I where id = $1', case parent when 'case_file' then 'id' else tg_argv[2] end, parent)
    into keys using parent_id;
  new.child_id := keys.child_id;
  if tg_argv[2] = 'case_id' then
    new.case_id := keys.case_id;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_fills_keys before insert on korpu.case_party for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
create trigger a_fills_keys before insert on korpu.allegation for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
create trigger a_fills_keys before insert on korpu.procedure_event for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
create trigger a_fills_keys before insert on korpu.diversion for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
create trigger a_fills_keys before insert on korpu.diversion_condition for each row when (new.child_id is null) execute function korpu.fill_keys('diversion', 'diversion_id', 'case_id');
create trigger a_fills_keys before insert on korpu.lawyer_contact for each row when (new.child_id is null) execute function korpu.fill_keys('detention_episode', 'detention_id', 'case_id');
create trigger a_fills_keys before insert on korpu.note_release for each row when (new.child_id is null) execute function korpu.fill_keys('legal_note', 'note_id', 'null');

-- Guards. Their texts are for the caller and say nothing of what the caller has not given or done. On what is made they run
-- after row-level security has let it through, or they would tell of records that the caller may not touch.
create function korpu.refuse(why text) returns void language plpgsql as
$$ begin raise exception using errcode = 'KP001', message = why; end $$;
comment on function korpu.refuse(text) is 'Refuses a command, and tells the caller why.';

-- +goose StatementBegin
create function korpu.open_case() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  place korpu.district;
  this_year integer := extract(year from current_date);
  given integer;
begin
  select * into place from korpu.district where id = new.district_id;
  insert into korpu.case_number as n (prefix, year, last)
  values (upper(left(place.code, 3)), this_year, 1 + coalesce((select max(substring(number from '\d+$')::integer) from korpu.case_file
            where number like upper(left(place.code, 3)) || '-' || this_year || '-%'), 0))
      on conflict (prefix, year) do update set last = n.last + 1
  returning last into given;
  new.number := format('%s-%s-%s', upper(left(place.code, 3)), this_year, lpad(given::text, 5, '0'));
  return new;
end $$;
-- +goose StatementEnd
create trigger b_opens before insert on korpu.case_file for each row when (new.number is null) execute function korpu.open_case();

-- +goose StatementBegin
create function korpu.join_opened_case() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
  values (new.child_id, new.id, new.agency_id, new.author_id, case new.stage when 'COMMISSION' then 'COMMISSION' else 'INVESTIGATION' end, current_date);
  return null;
end $$;
-- +goose StatementEnd
create trigger opener_is_a_party after insert on korpu.case_file for each row when (korpu.commanded()) execute function korpu.join_opened_case();

-- +goose StatementBegin
create function korpu.move_case() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if old.stage = 'CLOSED' then
    perform korpu.refuse('a closed case stays closed');
  elsif new.stage = 'DIVERSION' and pg_trigger_depth() = 1 then
    perform korpu.refuse('a case comes to be in diversion when a diversion starts');
  elsif new.stage = 'CLOSED' then
    new.closed_on := current_date;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_moves before update of stage on korpu.case_file for each row when (korpu.commanded()) execute function korpu.move_case();

-- +goose StatementBegin
create function korpu.check_allegation() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  law korpu.jurisdiction;
  born date;
  place text;
begin
  select k.born_on, c.stage into born, place from korpu.child k join korpu.case_file c on c.child_id = k.id where c.id = new.case_id;
  new.age_at_act := extract(year from age(new.act_on, born));
  select * into law from korpu.jurisdiction j where j.in_force <= new.act_on order by j.in_force desc limit 1;
  if new.act_on > current_date then
    perform korpu.refuse('actOn lies in the future');
  elsif new.age_at_act >= (law.ages ->> 'adult')::integer then
    perform korpu.refuse('at the act the person was no child; the hub holds cases of children only');
  elsif place = 'COMMISSION' then
    return new;
  elsif new.age_at_act < (law.ages ->> 'grave')::integer then
    perform korpu.refuse(format('children under %s at the act are not prosecuted; the commission hears of them', law.ages ->> 'grave'));
  elsif new.age_at_act < (law.ages ->> 'general')::integer and not exists (select from unnest(law.grave) a where new.article = a or new.article like a || '.%') then
    perform korpu.refuse(format('under %s at the act a child answers for grave acts only, and article is none of them', law.ages ->> 'general'));
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_checks before insert on korpu.allegation for each row when (new.age_at_act is null) execute function korpu.check_allegation();

-- A column that says when something ended is written once.
-- +goose StatementBegin
create function korpu.end_once() returns trigger language plpgsql as $$
begin
  if to_jsonb(old) ->> tg_argv[0] is not null then
    raise exception using errcode = 'KP001', message = tg_argv[1];
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_ends_once before update on korpu.case_party for each row when (korpu.commanded()) execute function korpu.end_once('ended_at', 'the agency is no party any more');
create trigger b_ends_once before update on korpu.detention_episode for each row when (korpu.commanded()) execute function korpu.end_once('released_at', 'the stay has ended');
create trigger b_ends_once before update on korpu.care_team_member for each row when (korpu.commanded()) execute function korpu.end_once('left_at', 'the person has left the team');
create trigger b_ends_once before update on korpu.legal_mandate for each row when (korpu.commanded()) execute function korpu.end_once('ended_at', 'the mandate has ended');
create trigger b_ends_once before update on korpu.consent for each row when (korpu.commanded()) execute function korpu.end_once('withdrawn_at', 'the consent has been withdrawn');
create trigger b_ends_once before update on korpu.legal_note for each row when (korpu.commanded()) execute function korpu.end_once('signed_at', 'a signed note does not change');

-- +goose StatementBegin
create function korpu.admit_or_release() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.admitted_at > now() or new.released_at > now() then
    perform korpu.refuse('the register holds what has happened; the moment lies in the future');
  elsif new.released_at < new.admitted_at then
    perform korpu.refuse('releasedAt lies before the admission');
  elsif tg_op = 'INSERT' and exists (select from korpu.detention_episode d where d.child_id = new.child_id and d.facility_id = new.facility_id
           and d.released_at is null and d.id <> new.id) then
    perform korpu.refuse('the child is in the register of the facility already');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger admission_is_possible after insert on korpu.detention_episode for each row when (korpu.commanded()) execute function korpu.admit_or_release();
create trigger c_releases before update on korpu.detention_episode for each row when (korpu.commanded()) execute function korpu.admit_or_release();

-- +goose StatementBegin
create function korpu.go_on_elsewhere() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into korpu.detention_episode (child_id, case_id, agency_id, author_id, facility_id, place_kind, status, order_number, ground, admitted_at)
  values (new.child_id, new.case_id, new.transferred_to_id, new.author_id, new.transferred_to_id, new.place_kind, new.status, new.order_number, new.ground, new.released_at);
  return null;
end $$;
-- +goose StatementEnd
create trigger transfer_goes_on after update of transferred_to_id on korpu.detention_episode for each row when (korpu.commanded() and new.transferred_to_id is not null) execute function korpu.go_on_elsewhere();

-- +goose StatementBegin
create function korpu.mark_first_meeting() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.lawyer_contact c where c.detention_id = new.detention_id and c.kind in ('FIRST_MET', 'MET')) then
    new.kind := 'FIRST_MET';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_marks_first_meeting before insert on korpu.lawyer_contact for each row when (korpu.commanded() and new.kind = 'MET') execute function korpu.mark_first_meeting();

-- +goose StatementBegin
create function korpu.check_diversion() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.evidence_sufficient is not true then
      perform korpu.refuse('without compelling evidence there is no diversion: evidenceSufficient must be true');
    elsif (select c.stage = 'CLOSED' from korpu.case_file c where c.id = new.case_id) then
      perform korpu.refuse('the case is closed');
    end if;
  elsif new.status = 'AGREED' and old.status <> 'AGREED' and new.legal_advice_offered is not true then
    perform korpu.refuse('the child must have been offered legal advice: legalAdviceOffered must be true');
  elsif new.status = 'AGREED' and old.status <> 'AGREED' and new.ends_on <= new.starts_on then
    perform korpu.refuse('endsOn must be later than startsOn');
  elsif new.status = 'ORDERED' and old.status <> 'ORDERED' then
    if new.evidence_sufficient is not true or new.legal_advice_offered is not true or new.agreement is null or new.acknowledgement is null
       or not exists (select from korpu.diversion_condition c where c.diversion_id = new.id) then
      perform korpu.refuse('what General Comment 24, 18 asks for is not on record: evidence, advice, acknowledgement, agreement and conditions');
    end if;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_proposal_is_possible after insert on korpu.diversion for each row when (korpu.commanded()) execute function korpu.check_diversion();
create trigger b_checks before update on korpu.diversion for each row when (korpu.commanded()) execute function korpu.check_diversion();

-- +goose StatementBegin
create function korpu.follow_diversion() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into korpu.diversion_status_change (child_id, case_id, agency_id, author_id, diversion_id, status, at)
  values (new.child_id, new.case_id, korpu.agency(), korpu.staff(), new.id, new.status, now());
  if tg_op = 'INSERT' then
    if not exists (select from korpu.case_party p where p.case_id = new.case_id and p.agency_id = new.agency_id and p.ended_at is null) then
      insert into korpu.case_party (child_id, case_id, agency_id, author_id, capacity, since)
      values (new.child_id, new.case_id, new.agency_id, korpu.staff(), 'DIVERSION', current_date);
    end if;
  elsif new.status = 'ACTIVE' then
    update korpu.case_file set stage = 'DIVERSION' where id = new.case_id and stage <> 'DIVERSION';
  elsif new.status = 'COMPLETED' then
    update korpu.case_file set stage = 'CLOSED' where id = new.case_id;
  elsif new.status in ('WITHDRAWN_BY_CHILD', 'ENDED_NOT_COMPLETED') then
    update korpu.case_file set stage = 'PROSECUTION' where id = new.case_id and stage = 'DIVERSION';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger diversion_is_followed after insert on korpu.diversion for each row when (korpu.commanded()) execute function korpu.follow_diversion();
create trigger diversion_step_is_followed after update of status on korpu.diversion for each row when (korpu.commanded() and new.status <> old.status) execute function korpu.follow_diversion();

-- +goose StatementBegin
create function korpu.narrow_consent() returns trigger language plpgsql as $$
begin
  if not (new.classes <@ old.classes and new.purposes <@ old.purposes) then
    raise exception using errcode = 'KP001', message = 'a consent can only be narrowed: classes and purposes must be among those that were given';
  elsif cardinality(new.classes) = 0 or cardinality(new.purposes) = 0 then
    raise exception using errcode = 'KP001', message = 'nothing would be left of the consent: withdraw it';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger c_narrows before update of classes, purposes on korpu.consent for each row when (korpu.commanded()) execute function korpu.narrow_consent();

-- +goose StatementBegin
create function korpu.check_release() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.legal_note n where n.id = new.note_id and n.signed_at is not null) then
    perform korpu.refuse('only a signed note can be released');
  elsif not exists (select from korpu.consent k where k.child_id = new.child_id and k.recipient_id = new.recipient_id and k.kind = 'CONSENT' and k.decision = 'GIVEN'
           and k.classes @> array['RELEASED_NOTE'] and k.withdrawn_at is null and k.valid_from <= now() and (k.valid_until is null or k.valid_until > now()))
     or exists (select from korpu.consent k where k.child_id = new.child_id and k.recipient_id = new.recipient_id and k.decision = 'REFUSED'
           and k.classes @> array['RELEASED_NOTE'] and k.withdrawn_at is null and k.valid_from <= now() and (k.valid_until is null or k.valid_until > now())) then
    perform korpu.refuse('the child has not consented that the recipient sees released notes');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger release_is_possible after insert on korpu.note_release for each row when (korpu.commanded()) execute function korpu.check_release();

-- Row-level security for writing roles. Owner and views are not concerned by it. What a writing role may select is keys,
-- versions and states, by its columns; PostgreSQL holds the changed row to the policy for selects too, and the change itself
-- may be what closes the row to the caller.
-- +goose StatementBegin
do $$
declare
  name text;
begin
  foreach name in array array['child', 'case_file', 'case_party', 'allegation', 'procedure_event', 'detention_episode', 'lawyer_contact', 'diversion',
                              'diversion_condition', 'referral', 'care_team_member', 'consent', 'legal_mandate', 'legal_note', 'note_release'] loop
    execute format('alter table korpu.%I enable row level security', name);
    execute format('create policy reads on korpu.%I for select to korpu_writer using (true)', name);
    execute format('create policy changes on korpu.%I for update to korpu_writer using (korpu.may(%I)) with check (korpu.become(%I))', name, name, name);
    execute format('create policy makes on korpu.%I for insert to korpu_writer with check (korpu.become(%I))', name, name);
  end loop;
end $$;
-- +goose StatementEnd
alter table korpu.command_receipt enable row level security;
create policy own on korpu.command_receipt for all to korpu_writer using (staff_id = korpu.staff()) with check (staff_id = korpu.staff());
revoke all on all functions in schema korpu from public;
reset role;
