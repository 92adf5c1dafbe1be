-- Children and their cases. The arrays are anchors: what access rules compare, kept by the triggers of 0006.
-- +goose Up
set local role korpu_owner;

create table korpu.child (
  id              uuid not null default gen_random_uuid(),
  agency_id       uuid not null,
  author_id       uuid not null,
  created_at      timestamptz not null default now(),
  registered_on   date not null,
  given_name      text not null,
  patronymic      text,
  family_name     text not null,
  born_on         date not null,
  sex             text not null,
  national_id     text,
  address         text,
  phone           text,
  safety_need     text,
  school_status   text,
  district_id     uuid not null,
  under_protection boolean default false,
  initials        text not null generated always as (left(given_name, 1) || '. ' || left(family_name, 1) || '.') stored,
  year_of_birth   integer not null generated always as (extract(year from born_on)::integer) stored,
  parties         uuid[] not null default '{}',
  team            uuid[] not null default '{}',
  counsel         uuid[] not null default '{}',
  receivers       uuid[] not null default '{}',
  holders         uuid[] not null default '{}',
  covers          uuid[] not null default '{}',
  sealed_at       timestamptz,
  constraint child_pkey primary key (id),
  constraint child_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint child_author_exists foreign key (author_id) references korpu.staff (id),
  constraint child_district_exists foreign key (district_id) references korpu.district (id),
  constraint child_sex_is_known check (sex in ('FEMALE','MALE')),
  constraint child_school_status_is_known check (school_status in ('ATTENDING','NOT_ATTENDING','OUT_OF_SCHOOL','FINISHED'))
);
comment on table korpu.child is 'A child in conflict with the law.';
comment on column korpu.child.parties is 'Anchor: agencies that are live parties to a case of the child that is not sealed.';
comment on column korpu.child.team is 'Anchor: persons on the care team.';
comment on column korpu.child.counsel is 'Anchor: lawyers under a live mandate.';
comment on column korpu.child.receivers is 'Anchor: agencies that hold a live referral of the child.';
comment on column korpu.child.holders is 'Anchor: facilities that hold the child now.';
comment on column korpu.child.covers is 'Anchor: persons who hold, held or will hold a grant for a time; the grant itself is read with the clock.';
comment on column korpu.child.under_protection is 'Whether a protection order stands; null means not known, which closes what an order closes.';
create index child_by_registration on korpu.child (registered_on desc, id desc);
create index child_by_family_name on korpu.child (family_name, id);
create index child_by_birth on korpu.child (born_on, id);
create index child_by_parties on korpu.child using gin (parties);
create index child_by_team on korpu.child using gin (team);
create index child_by_counsel on korpu.child using gin (counsel);
create index child_by_receivers on korpu.child using gin (receivers);
create index child_by_holders on korpu.child using gin (holders);
create index child_by_covers on korpu.child using gin (covers);
create index child_by_district on korpu.child (district_id);

create table korpu.family_member (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  relation   text not null,
  name       text not null,
  phone      text,
  guardian   boolean not null default false,
  constraint family_member_pkey primary key (id),
  constraint family_member_child_exists foreign key (child_id) references korpu.child (id),
  constraint family_member_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint family_member_author_exists foreign key (author_id) references korpu.staff (id),
  constraint family_member_relation_is_known check (relation in ('MOTHER','FATHER','GRANDPARENT','SIBLING','GUARDIAN','OTHER'))
);
comment on table korpu.family_member is 'A member of a child''s family, or a guardian.';
create index family_member_by_child on korpu.family_member (child_id, id);

create table korpu.case_file (
  id            uuid not null default gen_random_uuid(),
  child_id      uuid not null,
  agency_id     uuid not null,
  author_id     uuid not null,
  created_at    timestamptz not null default now(),
  number        text not null,
  district_id   uuid not null,
  court_id      uuid,
  opened_on     date not null,
  closed_on     date,
  stage         text not null,
  alleged_facts text,
  parties       uuid[] not null default '{}',
  sealed_at     timestamptz,
  constraint case_file_pkey primary key (id),
  constraint case_file_belongs_to_child unique (id, child_id),
  constraint case_file_child_exists foreign key (child_id) references korpu.child (id),
  constraint case_file_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint case_file_author_exists foreign key (author_id) references korpu.staff (id),
  constraint case_file_district_exists foreign key (district_id) references korpu.district (id),
  constraint case_file_court_exists foreign key (court_id) references korpu.agency (id),
  constraint case_file_stage_is_known check (stage in ('INVESTIGATION','PROSECUTION','COURT','COMMISSION','DIVERSION','CLOSED'))
);
comment on table korpu.case_file is 'A case of a child.';
comment on column korpu.case_file.parties is 'Anchor: agencies that are live parties to the case.';
create unique index case_file_number_is_unique_while_unsealed on korpu.case_file (number) where sealed_at is null;
create index case_file_by_child on korpu.case_file (child_id, opened_on desc, id desc);
create index case_file_by_court on korpu.case_file (court_id, opened_on desc, id desc);
create index case_file_by_agency on korpu.case_file (agency_id, opened_on desc, id desc);
create index case_file_by_district on korpu.case_file (district_id, opened_on desc, id desc);
create index case_file_by_opening on korpu.case_file (opened_on desc, id desc);
create index case_file_by_number on korpu.case_file (number text_pattern_ops);
create index case_file_by_parties on korpu.case_file using gin (parties);

create table korpu.case_party (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  case_id    uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  capacity   text not null,
  since      date not null,
  ended_at   timestamptz,
  constraint case_party_pkey primary key (id),
  constraint case_party_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint case_party_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint case_party_author_exists foreign key (author_id) references korpu.staff (id),
  constraint case_party_capacity_is_known check (capacity in ('INVESTIGATION','PROSECUTION','COURT','COMMISSION','DIVERSION','DEFENCE'))
);
comment on table korpu.case_party is 'An agency that is or was party to a case; ending is explicit, so that the anchor needs no clock.';
create index case_party_by_case on korpu.case_party (case_id, since desc, id desc);

create table korpu.allegation (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  case_id    uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  article    text not null,
  act_on     date not null,
  age_at_act integer not null,
  constraint allegation_pkey primary key (id),
  constraint allegation_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint allegation_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint allegation_author_exists foreign key (author_id) references korpu.staff (id)
);
comment on table korpu.allegation is 'One act that a child is alleged to have committed.';
create index allegation_by_case on korpu.allegation (case_id, act_on desc, id desc);
reset role;
