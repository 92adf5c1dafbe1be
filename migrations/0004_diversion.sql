-- Diversion, its conditions and history, and the status card that is all that a court clerk sees of it.
-- +goose Up
set local role korpu_owner;

create table korpu.diversion (
  id                 uuid not null default gen_random_uuid(),
  child_id           uuid not null,
  case_id            uuid not null,
  agency_id          uuid not null,
  author_id          uuid not null,
  created_at         timestamptz not null default now(),
  status             text not null,
  status_since       date not null,
  proposed_by_id     uuid not null,
  starts_on          date,
  ends_on            date,
  next_review_on     date,
  compliance         text not null default 'UNKNOWN',
  legal_ground       text,
  legal_advice_taken boolean,
  agreement          text,
  acknowledgement    text,
  constraint diversion_pkey primary key (id),
  constraint diversion_is_one_per_case unique (case_id),
  constraint diversion_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint diversion_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint diversion_author_exists foreign key (author_id) references korpu.staff (id),
  constraint diversion_proposer_exists foreign key (proposed_by_id) references korpu.agency (id),
  constraint diversion_status_is_known check (status in ('PROPOSED','SCREENED','AGREED','ORDERED','ACTIVE','SUSPENDED','COMPLETED',
    'WITHDRAWN_BY_CHILD','ENDED_NOT_COMPLETED','TRANSFERRED','DECLINED','INELIGIBLE')),
  constraint diversion_compliance_is_known check (compliance in ('ON_TRACK','AT_RISK','UNKNOWN'))
);
comment on table korpu.diversion is 'A diversion: one per case, answered for by agency_id.';
comment on column korpu.diversion.acknowledgement is 'Class ACKNOWLEDGEMENT: closed to prosecution and court in every state (General Comment 24, 18(a)).';
create index diversion_by_child on korpu.diversion (child_id);
create index diversion_by_agency on korpu.diversion (agency_id, status_since desc, id desc);

create table korpu.diversion_condition (
  id             uuid not null default gen_random_uuid(),
  child_id       uuid not null,
  case_id        uuid not null,
  agency_id      uuid not null,
  author_id      uuid not null,
  created_at     timestamptz not null default now(),
  diversion_id   uuid not null,
  kind           text not null,
  description    text,
  times_per_week integer,
  constraint diversion_condition_pkey primary key (id),
  constraint diversion_condition_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint diversion_condition_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint diversion_condition_author_exists foreign key (author_id) references korpu.staff (id),
  constraint diversion_condition_diversion_exists foreign key (diversion_id) references korpu.diversion (id),
  constraint diversion_condition_is_no_deprivation_of_liberty check (kind in ('CENTRE_VISITS','COUNSELLING','INSPECTOR_MEETINGS','SCHOOL',
    'TRAINING','ACTIVITY','RESTORATION'))
);
comment on table korpu.diversion_condition is 'One thing that a child has agreed to do; deprivation of liberty is not among the kinds.';
create index diversion_condition_by_diversion on korpu.diversion_condition (diversion_id, id);

create table korpu.diversion_status_change (
  id           uuid not null default gen_random_uuid(),
  child_id     uuid not null,
  case_id      uuid not null,
  agency_id    uuid not null,
  author_id    uuid not null,
  created_at   timestamptz not null default now(),
  diversion_id uuid not null,
  status       text not null,
  at           timestamptz not null,
  constraint diversion_status_change_pkey primary key (id),
  constraint diversion_status_change_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint diversion_status_change_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint diversion_status_change_author_exists foreign key (author_id) references korpu.staff (id),
  constraint diversion_status_change_diversion_exists foreign key (diversion_id) references korpu.diversion (id),
  constraint diversion_status_change_status_is_known check (status in ('PROPOSED','SCREENED','AGREED','ORDERED','ACTIVE','SUSPENDED',
    'COMPLETED','WITHDRAWN_BY_CHILD','ENDED_NOT_COMPLETED','TRANSFERRED','DECLINED','INELIGIBLE'))
);
comment on table korpu.diversion_status_change is 'The states that a diversion went through.';
create index diversion_status_change_by_diversion on korpu.diversion_status_change (diversion_id, at desc, id desc);

create view korpu.status_card as
select d.id, d.child_id, d.case_id, d.agency_id, d.author_id, d.created_at,
       c.number as case_number, k.initials, k.year_of_birth,
       d.status, d.status_since as since, a.name as responsible_agency, d.next_review_on, d.compliance,
       least(d.next_review_on, d.ends_on) as valid_until
  from korpu.diversion d
  join korpu.case_file c on c.id = d.case_id
  join korpu.child k on k.id = d.child_id
  join korpu.agency a on a.id = d.agency_id;
comment on view korpu.status_card is 'The minimal answer on a diversion; valid until its next review or last day, whichever is first.';
reset role;
