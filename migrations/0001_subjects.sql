-- Who may ask: districts, agencies, professionals with their roles, and the clients of partner systems.
-- +goose Up
-- +goose StatementBegin
do $$
begin
  create role korpu_owner nologin;
exception when duplicate_object or unique_violation then null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
  create role korpu_hub login noinherit;
exception when duplicate_object or unique_violation then null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to korpu_hub', current_database());
  execute format('grant create on database %I to korpu_owner', current_database());
end $$;
-- +goose StatementEnd
revoke all on schema public from public;
create schema korpu authorization korpu_owner;
set local role korpu_owner;
comment on schema korpu is 'Tables of the hub. Nobody but their owner reads them; every answer comes from the views of a profile.';

create table korpu.district (
  id         uuid not null default gen_random_uuid(),
  code       text not null,
  name       text not null,
  city       text not null,
  constraint district_pkey primary key (id),
  constraint district_code_is_unique unique (code)
);
comment on table korpu.district is 'A district or city.';

create table korpu.agency (
  id           uuid not null default gen_random_uuid(),
  code         text not null,
  name         text not null,
  kind         text not null,
  district_id  uuid not null,
  suspended_at timestamptz,
  constraint agency_pkey primary key (id),
  constraint agency_code_is_unique unique (code),
  constraint agency_district_exists foreign key (district_id) references korpu.district (id),
  constraint agency_kind_is_known check (kind in ('POLICE','PROSECUTION','COURT','COMMISSION','DIVERSION_CENTRE','LEGAL_CLINIC','BAR',
    'SCHOOL','PROVIDER','SOCIAL_ASSISTANCE','DETENTION_PLACE','MONITORING','MINISTRY','HUB'))
);
comment on table korpu.agency is 'An agency that takes part; one that is suspended is admitted no more.';
create index agency_by_name on korpu.agency (name, id);

create table korpu.agency_district (
  agency_id   uuid not null,
  district_id uuid not null,
  since       date not null,
  until       date,
  constraint agency_district_pkey primary key (agency_id, district_id, since),
  constraint agency_district_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint agency_district_district_exists foreign key (district_id) references korpu.district (id)
);
comment on table korpu.agency_district is 'The districts that an agency serves, with dates; a district that moves to another agency moves future access.';

create table korpu.staff (
  id         uuid not null default gen_random_uuid(),
  agency_id  uuid not null,
  name       text not null,
  post       text,
  left_at    timestamptz,
  constraint staff_pkey primary key (id),
  constraint staff_agency_exists foreign key (agency_id) references korpu.agency (id)
);
comment on table korpu.staff is 'A professional; one who has left is admitted no more.';
create index staff_by_name on korpu.staff (name, id);
create index staff_by_agency on korpu.staff (agency_id);

create table korpu.staff_role (
  staff_id uuid not null,
  role     text not null,
  ended_at timestamptz,
  constraint staff_role_pkey primary key (staff_id, role),
  constraint staff_role_staff_exists foreign key (staff_id) references korpu.staff (id)
);
comment on table korpu.staff_role is 'A role that a professional holds. Roles are never united: a request has one.';

create table korpu.staff_identity (
  issuer   text not null,
  subject  text not null,
  staff_id uuid not null,
  constraint staff_identity_pkey primary key (issuer, subject),
  constraint staff_identity_staff_exists foreign key (staff_id) references korpu.staff (id)
);
comment on table korpu.staff_identity is 'Which token holder is which professional. A subject is unique within its issuer only.';
create index staff_identity_by_staff on korpu.staff_identity (staff_id);

create table korpu.client (
  issuer       text not null,
  client_id    text not null,
  agency_id    uuid not null,
  roles        text[] not null,
  purposes     text[] not null,
  suspended_at timestamptz,
  constraint client_pkey primary key (issuer, client_id),
  constraint client_agency_exists foreign key (agency_id) references korpu.agency (id)
);
comment on table korpu.client is 'The system of a partner agency, with the roles and purposes in which it may name a person.';

create view korpu.admitted as
select s.id as staff_id, a.id as agency_id, r.role
  from korpu.staff s
  join korpu.agency a on a.id = s.agency_id
  join korpu.staff_role r on r.staff_id = s.id
 where s.left_at is null and r.ended_at is null and a.suspended_at is null;
comment on view korpu.admitted is 'Who is admitted now, in which role, for which agency. Each request checks it in its own snapshot.';

create view korpu.admission as
select i.issuer, i.subject, s.id as staff_id, s.name as display_name, a.id as agency_id, a.code as agency_code, a.name as agency_name,
       a.kind as agency_kind, d.role
  from korpu.admitted d
  join korpu.staff s on s.id = d.staff_id
  join korpu.agency a on a.id = d.agency_id
  left join korpu.staff_identity i on i.staff_id = s.id;
comment on view korpu.admission is 'Those who are admitted now, with the token subjects by which they are known.';

create view korpu.client_admission as
select c.issuer, c.client_id, a.id as agency_id, a.code as agency_code, c.roles, c.purposes
  from korpu.client c
  join korpu.agency a on a.id = c.agency_id
 where c.suspended_at is null and a.suspended_at is null;
comment on view korpu.client_admission is 'Which partner systems are admitted now.';

create function korpu.staff() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('korpu.staff', true), '')::uuid $$;
comment on function korpu.staff() is 'The person of the request.';
create function korpu.agency() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('korpu.agency', true), '')::uuid $$;
comment on function korpu.agency() is 'The agency of the request.';
create function korpu.purpose() returns text language sql stable parallel safe as
$$ select nullif(current_setting('korpu.purpose', true), '') $$;
comment on function korpu.purpose() is 'The purpose of the request.';
reset role;
