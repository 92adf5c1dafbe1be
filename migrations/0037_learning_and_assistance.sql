-- What helps a child to go on: the way back to school, learning a trade, and assistance to the family.
-- +goose Up
set local role korpu_owner;

insert into korpu.term (name, since, days, source) values ('back at school', date '2007-01-01', 60, 'Choice of the programme: two months after the centre has taken a child on');

-- Whether a child is back at school follows from how it is with school, so that it can be told alone.
alter table korpu.child add column back_at_school boolean generated always as (school_status = 'ATTENDING') stored;

create table korpu.enrolment (
  id         uuid not null default gen_random_uuid(),
  version    integer not null default 1,
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  starts_on  date not null,
  ends_on    date,
  grade      integer not null,
  attendance text,
  support    text,
  constraint enrolment_pkey primary key (id),
  constraint enrolment_child_exists foreign key (child_id) references korpu.child (id),
  constraint enrolment_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint enrolment_author_exists foreign key (author_id) references korpu.staff (id),
  constraint enrolment_attendance_is_known check (attendance in ('NEARLY_ALL','MOST','HALF','FEW')),
  constraint enrolment_support_is_known check (support in ('NONE','EXTRA_LESSONS','TUTOR','MATERIALS','OTHER'))
);
comment on table korpu.enrolment is 'That a child goes to a school, as the school says: agency_id is the school.';
create index enrolment_by_child on korpu.enrolment (child_id, starts_on desc, id desc);
create index enrolment_by_day on korpu.enrolment (starts_on desc, id desc);

create table korpu.training (
  id          uuid not null default gen_random_uuid(),
  version     integer not null default 1,
  child_id    uuid not null,
  agency_id   uuid not null,
  author_id   uuid not null,
  created_at  timestamptz not null default now(),
  course      text not null,
  starts_on   date not null,
  ends_on     date not null,
  ended_on    date,
  outcome     text,
  certificate text,
  constraint training_pkey primary key (id),
  constraint training_child_exists foreign key (child_id) references korpu.child (id),
  constraint training_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint training_author_exists foreign key (author_id) references korpu.staff (id),
  constraint training_outcome_is_known check (outcome in ('COMPLETED','LEFT'))
);
comment on table korpu.training is 'That a child learns a trade, as whoever gives the course says: agency_id is who gives it.';
create index training_by_child on korpu.training (child_id, starts_on desc, id desc);
create index training_by_day on korpu.training (starts_on desc, id desc);

create table korpu.assistance_application (
  id         uuid not null default gen_random_uuid(),
  version    integer not null default 1,
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  kind       text not null,
  applied_on date not null,
  decision   text,
  decided_on date,
  refusal    text,
  amount     text,
  constraint assistance_application_pkey primary key (id),
  constraint assistance_application_child_exists foreign key (child_id) references korpu.child (id),
  constraint assistance_application_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint assistance_application_author_exists foreign key (author_id) references korpu.staff (id),
  constraint assistance_application_kind_is_known check (kind in ('TARGETED','ONE_OFF','IN_KIND')),
  constraint assistance_application_decision_is_known check (decision in ('GRANTED','REFUSED')),
  constraint assistance_application_refusal_is_known check (refusal in ('INCOME','DOCUMENTS','RESIDENCE','ALREADY_GRANTED','OTHER')),
  constraint assistance_application_amount_is_known check (amount in ('UP_TO_100','UP_TO_300','ABOVE_300')),
  constraint assistance_application_is_decided_whole check ((decision is null) = (decided_on is null))
);
comment on table korpu.assistance_application is 'An application for assistance to a family: agency_id is the office that decides.';
create index assistance_application_by_child on korpu.assistance_application (child_id, applied_on desc, id desc);
create index assistance_application_by_day on korpu.assistance_application (applied_on desc, id desc);

-- +goose StatementBegin
create function korpu.check_enrolment() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    if new.ends_on < new.starts_on then
      new.ends_on := new.starts_on;
    end if;
    return new;
  elsif new.starts_on > current_date + 180 or new.grade not between 1 and 12 then
    perform korpu.refuse('startsOn lies too far ahead, or grade is not from 1 to 12');
  elsif exists (select from korpu.enrolment e where e.child_id = new.child_id and e.agency_id = new.agency_id and e.ends_on is null and e.id <> new.id) then
    perform korpu.refuse('the child is on record as a pupil of your school already');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger enrolment_is_possible after insert on korpu.enrolment for each row when (korpu.commanded()) execute function korpu.check_enrolment();
create trigger b_ends_once before update on korpu.enrolment for each row when (korpu.commanded()) execute function korpu.end_once('ends_on', 'the enrolment has ended');
create trigger c_checks before update on korpu.enrolment for each row when (korpu.commanded()) execute function korpu.check_enrolment();

-- How it is with school follows from the enrolments: who misses most lessons is enrolled and does not attend.
-- +goose StatementBegin
create function korpu.follow_enrolment() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update korpu.child k
     set school_status = coalesce((select case when e.attendance = 'FEW' then 'NOT_ATTENDING' else 'ATTENDING' end from korpu.enrolment e
                                    where e.child_id = k.id and e.ends_on is null and e.starts_on <= current_date order by e.starts_on desc, e.id limit 1), 'OUT_OF_SCHOOL')
   where k.id = new.child_id and k.school_status is distinct from 'FINISHED';
  return null;
end $$;
-- +goose StatementEnd
create trigger enrolment_is_followed after insert or update on korpu.enrolment for each row when (korpu.commanded()) execute function korpu.follow_enrolment();

create view korpu.school_return as
select a.id, a.id as agency_id, t.days, count(distinct i.child_id)::integer as children, count(distinct i.child_id) filter (where exists (
         select from korpu.enrolment e where e.child_id = i.child_id and e.starts_on <= i.taken_on + t.days and (e.ends_on is null or e.ends_on > i.taken_on)))::integer as back
  from korpu.agency a
 cross join lateral (select m.days from korpu.term m where m.name = 'back at school' and m.since <= current_date order by m.since desc limit 1) t
  left join (korpu.intake i join korpu.child k on k.id = i.child_id and k.sealed_at is null)
    on i.agency_id = a.id and i.taken_on between current_date - 365 - t.days and current_date - t.days
 where a.kind = 'DIVERSION_CENTRE'
 group by a.id, t.days;
comment on view korpu.school_return is 'Of the children whom a Diversion Centre took on in a year that ended as many days ago as the term has, how many were at school within the term.';

-- +goose StatementBegin
create function korpu.check_training() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' then
    if new.certificate is not null and new.outcome is distinct from 'COMPLETED' then
      perform korpu.refuse('a certificate is for a course that was completed');
    elsif new.ended_on < new.starts_on then
      perform korpu.refuse('the course has not begun');
    end if;
    return new;
  elsif new.ends_on < new.starts_on then
    perform korpu.refuse('endsOn must not lie before startsOn');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger training_is_possible after insert on korpu.training for each row when (korpu.commanded()) execute function korpu.check_training();
create trigger b_ends_once before update on korpu.training for each row when (korpu.commanded()) execute function korpu.end_once('ended_on', 'the course has ended for the child');
create trigger c_checks before update on korpu.training for each row when (korpu.commanded()) execute function korpu.check_training();

-- A count from 1 to 4 is not told, nor what would let it be computed: of a year the outcomes are told together or not at all.
create view korpu.training_outcome as
select md5('training ' || c.year)::uuid as id, c.year, case when c.begun > 4 then c.begun end as begun,
       case when c.told then c.completed end as completed, case when c.told then c.left_early end as left_early
  from (select n.*, n.begun > 4 and not (n.completed between 1 and 4 or n.left_early between 1 and 4 or n.begun - n.completed - n.left_early between 1 and 4) as told
          from (select extract(year from t.starts_on)::integer as year, count(distinct t.child_id)::integer as begun,
                       count(distinct t.child_id) filter (where t.outcome = 'COMPLETED')::integer as completed,
                       count(distinct t.child_id) filter (where t.outcome = 'LEFT' and not exists (select from korpu.training o
                         where o.child_id = t.child_id and o.outcome = 'COMPLETED' and extract(year from o.starts_on) = extract(year from t.starts_on)))::integer as left_early
                  from korpu.training t join korpu.child k on k.id = t.child_id and k.sealed_at is null
                 where isfinite(t.starts_on) and t.starts_on < date_trunc('year', current_date) -- the running year would tell one child from day to day
                 group by 1) n) c;
comment on view korpu.training_outcome is 'How many children began to learn a trade in a year, and how it ended for them; small counts are not told, nor those of the running year.';

-- +goose StatementBegin
create function korpu.check_application() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if korpu.agreed_on(new.child_id, new.agency_id, 'ASSISTANCE', 'SERVICE_DELIVERY') is null then
    perform korpu.refuse('the family has not consented that the office deals with the application, or does not any more');
  elsif tg_op = 'INSERT' and not exists (select from korpu.referral r where r.child_id = new.child_id and r.receiver_id = new.agency_id
           and r.service = 'ASSISTANCE' and r.status in ('SENT', 'ACCEPTED', 'ACTIVE')) then
    perform korpu.refuse('office must be one that was asked to assist the family: refer the child to it first');
  elsif tg_op = 'UPDATE' and (new.decision = 'GRANTED') <> (new.amount is not null and new.refusal is null) then
    perform korpu.refuse('what is granted has an amount, and no refusal');
  elsif tg_op = 'UPDATE' and (new.decision = 'REFUSED') <> (new.refusal is not null and new.amount is null) then
    perform korpu.refuse('what is refused has a refusal, and no amount');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger application_is_possible after insert on korpu.assistance_application for each row when (korpu.commanded()) execute function korpu.check_application();
create trigger b_ends_once before update on korpu.assistance_application for each row when (korpu.commanded()) execute function korpu.end_once('decided_on', 'the application is decided');
create trigger c_checks before update on korpu.assistance_application for each row when (korpu.commanded()) execute function korpu.check_application();

select korpu.guard_commands('enrolment', 'training', 'assistance_application');
revoke all on function korpu.check_enrolment(), korpu.follow_enrolment(), korpu.check_training(), korpu.check_application() from public;
reset role;
