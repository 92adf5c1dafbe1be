-- Steps of procedure, the detention register, and whether a lawyer was met.
-- +goose Up
set local role korpu_owner;

create table korpu.procedure_event (
  id                    uuid not null default gen_random_uuid(),
  child_id              uuid not null,
  case_id               uuid not null,
  agency_id             uuid not null,
  author_id             uuid not null,
  created_at            timestamptz not null default now(),
  kind                  text not null,
  at                    timestamptz not null,
  place                 text,
  outcome               text,
  decider_id            uuid,
  legal_ground          text,
  reason                text,
  parents_told_at       timestamptz,
  release_considered_at timestamptz,
  constraint procedure_event_pkey primary key (id),
  constraint procedure_event_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint procedure_event_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint procedure_event_author_exists foreign key (author_id) references korpu.staff (id),
  constraint procedure_event_decider_exists foreign key (decider_id) references korpu.agency (id),
  constraint procedure_event_kind_is_known check (kind in ('APPREHENSION','DECISION','HEARING'))
);
comment on table korpu.procedure_event is 'An apprehension, a decision or a hearing.';
create index procedure_event_by_case on korpu.procedure_event (case_id, at desc, id desc);
create index procedure_event_by_decider on korpu.procedure_event (decider_id, kind, at desc, id desc);
create index procedure_event_by_kind on korpu.procedure_event (kind, at desc, id desc);
create index procedure_event_by_moment on korpu.procedure_event (at desc, id desc);

create table korpu.detention_episode (
  id              uuid not null default gen_random_uuid(),
  child_id        uuid not null,
  case_id         uuid,
  agency_id       uuid not null,
  author_id       uuid not null,
  created_at      timestamptz not null default now(),
  facility_id     uuid not null,
  place_kind      text not null,
  status          text not null,
  order_number    text,
  ground          text,
  admitted_at     timestamptz not null,
  released_at     timestamptz,
  parents_told_at timestamptz,
  separation      text,
  constraint detention_episode_pkey primary key (id),
  constraint detention_episode_child_exists foreign key (child_id) references korpu.child (id),
  constraint detention_episode_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint detention_episode_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint detention_episode_author_exists foreign key (author_id) references korpu.staff (id),
  constraint detention_episode_facility_exists foreign key (facility_id) references korpu.agency (id),
  constraint detention_episode_place_is_known check (place_kind in ('POLICE_CUSTODY','ISOLATOR','CLOSED_SCHOOL','PRISON','ADMINISTRATIVE')),
  constraint detention_episode_status_is_known check (status in ('PRE_SENTENCE','SENTENCED','ADMINISTRATIVE')),
  constraint detention_episode_separation_is_known check (separation in ('YES','PARTLY','NO'))
);
comment on table korpu.detention_episode is 'One stay of a child in a place of detention (Havana Rules 21).';
create index detention_episode_by_child on korpu.detention_episode (child_id, admitted_at desc, id desc);
create index detention_episode_by_case on korpu.detention_episode (case_id, admitted_at desc, id desc);
create index detention_episode_by_facility on korpu.detention_episode (facility_id, admitted_at desc, id desc);
create index detention_episode_by_admission on korpu.detention_episode (admitted_at desc, id desc);

create table korpu.lawyer_contact (
  id           uuid not null default gen_random_uuid(),
  child_id     uuid not null,
  case_id      uuid,
  agency_id    uuid not null,
  author_id    uuid not null,
  created_at   timestamptz not null default now(),
  detention_id uuid not null,
  kind         text not null,
  at           timestamptz not null,
  in_private   boolean,
  lawyer_id    uuid,
  constraint lawyer_contact_pkey primary key (id),
  constraint lawyer_contact_child_exists foreign key (child_id) references korpu.child (id),
  constraint lawyer_contact_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint lawyer_contact_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint lawyer_contact_author_exists foreign key (author_id) references korpu.staff (id),
  constraint lawyer_contact_detention_exists foreign key (detention_id) references korpu.detention_episode (id),
  constraint lawyer_contact_lawyer_exists foreign key (lawyer_id) references korpu.staff (id),
  constraint lawyer_contact_kind_is_known check (kind in ('REQUESTED','APPOINTED','FIRST_MET','MET'))
);
comment on table korpu.lawyer_contact is 'A lawyer asked for, appointed, or met: separate facts, since one was often taken for the other.';
create index lawyer_contact_by_detention on korpu.lawyer_contact (detention_id, at desc, id desc);
reset role;
