-- What services offer: where, in which languages, to whom and for how many. By when a referral is to be answered follows from a term that is
-- data with a date.
-- +goose Up
set local role korpu_owner;

create table korpu.term (
  name   text not null,
  since  date not null,
  days   integer not null,
  source text not null,
  constraint term_pkey primary key (name, since),
  constraint term_days_are_possible check (days between 1 and 3660)
);
comment on table korpu.term is 'How many days something may take, from a day on until the next such row. They are choices of the programme, and no law.';
insert into korpu.term (name, since, days, source) values ('referral answered', date '2007-01-01', 10, 'Choice of the programme: two weeks of work');

create function korpu.term_on(of_name text, on_day date) returns integer language sql stable security definer set search_path = '' as
$$ select t.days from korpu.term t where t.name = of_name and t.since <= on_day order by t.since desc limit 1 $$;
comment on function korpu.term_on(text, date) is 'How many days it may take, as it holds on a day.';

alter table korpu.referral add column answer_by date;
update korpu.referral set answer_by = sent_on + korpu.term_on('referral answered', sent_on);
comment on column korpu.referral.answer_by is 'The day by which the receiver is to answer; one that still waits after it is overdue.';
create index referral_by_term on korpu.referral (answer_by);
-- +goose StatementBegin
create function korpu.await_answer() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.answer_by := new.sent_on + korpu.term_on('referral answered', new.sent_on);
  return new;
end $$;
-- +goose StatementEnd
create trigger b_awaits_answer before insert on korpu.referral for each row when (new.answer_by is null) execute function korpu.await_answer();

create table korpu.service_offer (
  id          uuid not null default gen_random_uuid(),
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  service     text not null,
  district_id uuid not null,
  city        text not null,
  based       text not null,
  languages   text[] not null,
  places      integer not null,
  ages_from   integer not null,
  ages_to     integer not null,
  since       date not null,
  until       date,
  constraint service_offer_pkey primary key (id),
  constraint service_offer_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint service_offer_author_exists foreign key (author_id) references korpu.staff (id),
  constraint service_offer_district_exists foreign key (district_id) references korpu.district (id),
  constraint service_offer_is_one_a_day unique (agency_id, service, since),
  constraint service_offer_service_is_known check (service in ('PROGRAMME','SCHOOL','TRAINING','SPORT','ART','ASSISTANCE','COUNSELLING')),
  constraint service_offer_based_is_known check (based in ('LOCAL','BAKU'))
);
comment on table korpu.service_offer is 'What an agency offers to children, from a day on until the next such row of the service. An offer without places says that nobody is taken on.';
create index service_offer_by_agency on korpu.service_offer (agency_id, since desc, id desc);
create index service_offer_by_day on korpu.service_offer (since desc, id desc);
create index service_offer_by_city on korpu.service_offer (city, service);

-- +goose StatementBegin
create function korpu.place_offer() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.district_id := coalesce(new.district_id, (select a.district_id from korpu.agency a where a.id = new.agency_id));
  select d.city, case d.city when 'Bakı' then 'BAKU' else 'LOCAL' end into new.city, new.based from korpu.district d where d.id = new.district_id;
  return new;
end $$;
-- +goose StatementEnd
create trigger a_places before insert on korpu.service_offer for each row when (new.city is null) execute function korpu.place_offer();

-- +goose StatementBegin
create function korpu.follow_offer() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  offers text[] := case (select a.kind from korpu.agency a where a.id = new.agency_id)
    when 'DIVERSION_CENTRE' then array['PROGRAMME', 'COUNSELLING'] when 'SCHOOL' then array['SCHOOL']
    when 'PROVIDER' then array['TRAINING', 'SPORT', 'ART'] when 'SOCIAL_ASSISTANCE' then array['ASSISTANCE'] end;
begin
  if new.service = any(offers) is not true then
    perform korpu.refuse('service must be one that your agency gives');
  elsif new.places not between 0 and 10000 then
    perform korpu.refuse('places must be from 0 to 10000');
  elsif new.ages_from < 0 or new.ages_to < new.ages_from or new.ages_to > 25 then
    perform korpu.refuse('agesFrom must be 0 or more, agesTo not less than it, and 25 at most');
  elsif cardinality(new.languages) = 0 or exists (select from unnest(new.languages) l where l !~ '^[a-z]{2,3}$') then
    perform korpu.refuse('languages are codes as az, ru or en, one at least');
  elsif exists (select from korpu.service_offer o where o.agency_id = new.agency_id and o.service = new.service and o.since >= new.since and o.id <> new.id) then
    perform korpu.refuse('an offer of the service from that day on, or a later one, is on record already');
  end if;
  update korpu.service_offer set until = new.since where agency_id = new.agency_id and service = new.service and id <> new.id and until is null;
  return null;
end $$;
-- +goose StatementEnd
create trigger offer_follows_the_last after insert on korpu.service_offer for each row when (korpu.commanded()) execute function korpu.follow_offer();

select korpu.guard_commands('service_offer');
revoke all on function korpu.term_on(text, date), korpu.await_answer(), korpu.place_offer(), korpu.follow_offer() from public;
reset role;
