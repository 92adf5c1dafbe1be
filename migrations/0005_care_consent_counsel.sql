-- Who works with a child, what was consented to, who was asked for help, who defends, and privileged notes.
-- +goose Up
set local role korpu_owner;

create table korpu.care_team_member (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  staff_id   uuid not null,
  task       text not null,
  since      date not null,
  left_at    timestamptz,
  constraint care_team_member_pkey primary key (id),
  constraint care_team_member_child_exists foreign key (child_id) references korpu.child (id),
  constraint care_team_member_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint care_team_member_author_exists foreign key (author_id) references korpu.staff (id),
  constraint care_team_member_staff_exists foreign key (staff_id) references korpu.staff (id)
);
comment on table korpu.care_team_member is 'A person who works with a child.';
create index care_team_member_by_child on korpu.care_team_member (child_id, since desc, id desc);

create table korpu.consent (
  id           uuid not null default gen_random_uuid(),
  child_id     uuid not null,
  agency_id    uuid not null,
  author_id    uuid not null,
  created_at   timestamptz not null default now(),
  kind         text not null,
  decision     text not null,
  recipient_id uuid not null,
  classes      text[] not null,
  purposes     text[] not null,
  valid_from   timestamptz not null,
  valid_until  timestamptz,
  withdrawn_at timestamptz,
  constraint consent_pkey primary key (id),
  constraint consent_child_exists foreign key (child_id) references korpu.child (id),
  constraint consent_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint consent_author_exists foreign key (author_id) references korpu.staff (id),
  constraint consent_recipient_exists foreign key (recipient_id) references korpu.agency (id),
  constraint consent_kind_is_known check (kind in ('CONSENT','ASSENT')),
  constraint consent_decision_is_known check (decision in ('GIVEN','REFUSED'))
);
comment on table korpu.consent is 'Consent or assent. A live refusal outweighs every consent to the same recipient, class and purpose.';
create index consent_by_moment on korpu.consent (valid_from desc, id desc);
create index consent_by_child on korpu.consent (child_id, recipient_id, valid_from desc, id desc);

create table korpu.referral (
  id          uuid not null default gen_random_uuid(),
  child_id    uuid not null,
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  receiver_id uuid not null,
  service     text not null,
  status      text not null,
  sent_on     date not null,
  answered_on date,
  rejection   text,
  need        text,
  constraint referral_pkey primary key (id),
  constraint referral_child_exists foreign key (child_id) references korpu.child (id),
  constraint referral_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint referral_author_exists foreign key (author_id) references korpu.staff (id),
  constraint referral_receiver_exists foreign key (receiver_id) references korpu.agency (id),
  constraint referral_service_is_known check (service in ('PROGRAMME','SCHOOL','TRAINING','SPORT','ART','ASSISTANCE','COUNSELLING')),
  constraint referral_status_is_known check (status in ('SENT','ACCEPTED','REJECTED','ACTIVE','COMPLETED','WITHDRAWN','REVOKED')),
  constraint referral_rejection_is_known check (rejection in ('NO_CAPACITY','DISTANCE','NOT_SUITABLE','FAMILY_DECLINED'))
);
comment on table korpu.referral is 'A request to another agency to help a child.';
create index referral_by_child on korpu.referral (child_id, sent_on desc, id desc);
create index referral_by_sender on korpu.referral (agency_id, sent_on desc, id desc);
create index referral_by_receiver on korpu.referral (receiver_id, sent_on desc, id desc);
create index referral_by_day on korpu.referral (sent_on desc, id desc);

create table korpu.legal_mandate (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  lawyer_id  uuid not null,
  scope      text not null,
  since      date not null,
  ended_at   timestamptz,
  constraint legal_mandate_pkey primary key (id),
  constraint legal_mandate_child_exists foreign key (child_id) references korpu.child (id),
  constraint legal_mandate_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint legal_mandate_author_exists foreign key (author_id) references korpu.staff (id),
  constraint legal_mandate_lawyer_exists foreign key (lawyer_id) references korpu.staff (id)
);
comment on table korpu.legal_mandate is 'That a lawyer acts for a child; ending is explicit, so that the anchor needs no clock.';
create index legal_mandate_by_child on korpu.legal_mandate (child_id, since desc, id desc);

create table korpu.legal_note (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  case_id    uuid,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  written_at timestamptz not null,
  title      text not null,
  body       text not null,
  signed_at  timestamptz,
  constraint legal_note_pkey primary key (id),
  constraint legal_note_child_exists foreign key (child_id) references korpu.child (id),
  constraint legal_note_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint legal_note_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint legal_note_author_exists foreign key (author_id) references korpu.staff (id)
);
comment on table korpu.legal_note is 'A privileged note. Only the clinic''s own lawyer of the child has a view of it.';
create index legal_note_by_case on korpu.legal_note (case_id, written_at desc, id desc);
create index legal_note_by_child on korpu.legal_note (child_id, written_at desc, id desc);

create table korpu.access_grant (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  staff_id   uuid not null,
  reason     text not null,
  starts_at  timestamptz not null,
  ends_at    timestamptz not null,
  constraint access_grant_pkey primary key (id),
  constraint access_grant_child_exists foreign key (child_id) references korpu.child (id),
  constraint access_grant_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint access_grant_author_exists foreign key (author_id) references korpu.staff (id),
  constraint access_grant_staff_exists foreign key (staff_id) references korpu.staff (id),
  constraint access_grant_ends_after_it_starts check (ends_at > starts_at)
);
comment on table korpu.access_grant is 'Access to one child for a time: cover for a colleague, a mission.';
create index access_grant_by_child_and_staff on korpu.access_grant (child_id, staff_id);

create table korpu.monitoring_visit (
  id          uuid not null default gen_random_uuid(),
  agency_id   uuid not null,
  facility_id uuid not null,
  staff_id    uuid not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  constraint monitoring_visit_pkey primary key (id),
  constraint monitoring_visit_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint monitoring_visit_facility_exists foreign key (facility_id) references korpu.agency (id),
  constraint monitoring_visit_staff_exists foreign key (staff_id) references korpu.staff (id),
  constraint monitoring_visit_ends_after_it_starts check (ends_at > starts_at)
);
comment on table korpu.monitoring_visit is 'The window in which a monitor may read the register of a facility.';
create index monitoring_visit_by_staff on korpu.monitoring_visit (staff_id, facility_id);
reset role;
