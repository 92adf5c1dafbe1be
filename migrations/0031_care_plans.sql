-- Individual care plans: goals, who does what for them how often, agreement of child and guardian, approval, review. A plan that the child
-- has not assented to is in force only by a best-interests decision, which names the interest and who decided.
-- +goose Up
set local role korpu_owner;

create table korpu.care_plan (
  id                 uuid not null default gen_random_uuid(),
  version            integer not null default 1,
  child_id           uuid not null,
  case_id            uuid not null,
  agency_id          uuid not null,
  author_id          uuid not null,
  created_at         timestamptz not null default now(),
  status             text not null,
  drafted_on         date not null,
  starts_on          date not null,
  ends_on            date not null,
  review_on          date not null,
  assented_on        date,
  guardian_agreed_on date,
  best_interests     text,
  decider_id         uuid,
  approved_on        date,
  approver_id        uuid,
  closed_on          date,
  constraint care_plan_pkey primary key (id),
  constraint care_plan_belongs_to_case_and_child unique (id, case_id, child_id),
  constraint care_plan_case_exists foreign key (case_id, child_id) references korpu.case_file (id, child_id),
  constraint care_plan_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint care_plan_author_exists foreign key (author_id) references korpu.staff (id),
  constraint care_plan_decider_exists foreign key (decider_id) references korpu.staff (id),
  constraint care_plan_approver_exists foreign key (approver_id) references korpu.staff (id),
  constraint care_plan_status_is_known check (status in ('DRAFT','AGREED','ACTIVE','CLOSED')),
  constraint care_plan_ends_after_it_starts check (ends_on > starts_on)
);
comment on table korpu.care_plan is 'An individual care plan, agreed with child and family.';
comment on column korpu.care_plan.best_interests is 'The interest that outweighs a missing assent or agreement (CRC 3 and 12); decider_id is who decided.';
create index care_plan_by_child on korpu.care_plan (child_id, drafted_on desc, id desc);
create index care_plan_by_case on korpu.care_plan (case_id);
create index care_plan_by_drafting on korpu.care_plan (drafted_on desc, id desc);
create index care_plan_by_review on korpu.care_plan (review_on);
create unique index care_plan_in_force_is_one_per_case on korpu.care_plan (case_id) where status = 'ACTIVE';
create statistics korpu.care_plan_keys (dependencies) on case_id, child_id from korpu.care_plan;

create table korpu.plan_goal (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  case_id    uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  plan_id    uuid not null,
  domain     text not null,
  goal       text not null,
  constraint plan_goal_pkey primary key (id),
  constraint plan_goal_belongs_to_plan unique (id, plan_id, domain),
  constraint plan_goal_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint plan_goal_author_exists foreign key (author_id) references korpu.staff (id),
  constraint plan_goal_is_of_its_plan foreign key (plan_id, case_id, child_id) references korpu.care_plan (id, case_id, child_id),
  constraint plan_goal_domain_is_known check (domain in ('FAMILY','SCHOOL','WORK','LEISURE','SAFETY','PSYCHOLOGICAL'))
);
comment on table korpu.plan_goal is 'What a child wants to reach.';
create index plan_goal_by_plan on korpu.plan_goal (plan_id, id);
create statistics korpu.plan_goal_keys (dependencies) on case_id, child_id from korpu.plan_goal;

create table korpu.plan_action (
  id             uuid not null default gen_random_uuid(),
  version        integer not null default 1,
  child_id       uuid not null,
  case_id        uuid not null,
  agency_id      uuid not null,
  author_id      uuid not null,
  created_at     timestamptz not null default now(),
  plan_id        uuid not null,
  goal_id        uuid not null,
  domain         text not null,
  provider_id    uuid not null,
  what           text not null,
  times_per_week integer,
  starts_on      date not null,
  ends_on        date,
  for_authority  boolean not null default false,
  constraint plan_action_pkey primary key (id),
  constraint plan_action_belongs_to_plan unique (id, plan_id, case_id, child_id),
  constraint plan_action_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint plan_action_author_exists foreign key (author_id) references korpu.staff (id),
  constraint plan_action_provider_exists foreign key (provider_id) references korpu.agency (id),
  constraint plan_action_is_of_its_goal foreign key (goal_id, plan_id, domain) references korpu.plan_goal (id, plan_id, domain),
  constraint plan_action_is_of_its_plan foreign key (plan_id, case_id, child_id) references korpu.care_plan (id, case_id, child_id),
  constraint plan_action_domain_is_known check (domain in ('FAMILY','SCHOOL','WORK','LEISURE','SAFETY','PSYCHOLOGICAL')),
  constraint plan_action_frequency_is_possible check (times_per_week between 1 and 14)
);
comment on table korpu.plan_action is 'One thing that somebody does for a goal. What is for_authority, authorities see while the plan is in force; a provider sees its own.';
create index plan_action_by_child on korpu.plan_action (child_id, starts_on desc, id desc);
create index plan_action_by_case on korpu.plan_action (case_id, starts_on desc, id desc);
create index plan_action_by_plan on korpu.plan_action (plan_id, starts_on desc, id desc);
create index plan_action_by_goal on korpu.plan_action (goal_id, starts_on desc, id desc);
create statistics korpu.plan_action_keys (dependencies) on case_id, child_id from korpu.plan_action;

create trigger a_fills_keys before insert on korpu.care_plan for each row when (new.child_id is null) execute function korpu.fill_keys('case_file', 'case_id', 'case_id');
create trigger a_fills_keys before insert on korpu.plan_goal for each row when (new.child_id is null) execute function korpu.fill_keys('care_plan', 'plan_id', 'case_id');
create trigger a_fills_keys before insert on korpu.plan_action for each row when (new.child_id is null) execute function korpu.fill_keys('plan_goal', 'goal_id', 'case_id');
-- +goose StatementBegin
create function korpu.fill_goal() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  select g.plan_id, g.domain into new.plan_id, new.domain from korpu.plan_goal g where g.id = new.goal_id;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_fills_goal before insert on korpu.plan_action for each row when (new.plan_id is null) execute function korpu.fill_goal();

-- The days from which guardian and child agree to what an agency does with a class of data; null where they do not.
create function korpu.agreed_on(of_child uuid, with_agency uuid, of_class text, for_purpose text) returns date
  language sql stable security definer set search_path = '' as $$
  select case when bool_or(c.decision = 'REFUSED') then null else max(c.valid_from)::date end
    from korpu.consent c
   where c.child_id = of_child and c.kind = 'CONSENT' and c.recipient_id = with_agency and c.classes @> array[of_class] and c.purposes @> array[for_purpose]
     and c.valid_from <= now() and (c.valid_until is null or c.valid_until > now()) and (c.withdrawn_at is null or c.withdrawn_at > now())
$$;
comment on function korpu.agreed_on(uuid, uuid, text, text) is 'Since when a live consent stands that nobody has refused beside it.';

create function korpu.assented_on(of_child uuid, to_agency uuid, of_class text, for_purpose text) returns date
  language sql stable security definer set search_path = '' as $$
  select case when latest.yes then latest.answered_at::date end
    from (select s.answered_at, s.answer = 'YES' and not of_class = any(s.refused_classes) as yes from korpu.assent s
           where s.child_id = of_child and s.recipient_id = to_agency and s.classes @> array[of_class] and s.purposes @> array[for_purpose] and s.answered_at <= now()
           order by s.answered_at desc, yes limit 1) latest
$$;
comment on function korpu.assented_on(uuid, uuid, text, text) is 'Since when the latest answer of the child is a yes.';

-- +goose StatementBegin
create function korpu.check_plan() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.status in ('AGREED', 'ACTIVE') and new.status <> old.status then
    new.assented_on := korpu.assented_on(new.child_id, new.agency_id, 'PLAN', 'REHABILITATION');
    new.guardian_agreed_on := korpu.agreed_on(new.child_id, new.agency_id, 'PLAN', 'REHABILITATION');
    if (new.best_interests is null) <> (new.decider_id is null) then
      perform korpu.refuse('a best-interests decision names the interest and who decided: give both bestInterests and decider, or neither');
    elsif new.best_interests is null and (new.assented_on is null or new.guardian_agreed_on is null) then
      perform korpu.refuse('there must be a live assent of the child and a live agreement of the guardian to the plan, or a best-interests decision');
    elsif not exists (select from korpu.plan_action a where a.plan_id = new.id) then
      perform korpu.refuse('nothing is planned yet: add goals and actions');
    elsif new.status = 'ACTIVE' and exists (select from korpu.care_plan p where p.case_id = new.case_id and p.status = 'ACTIVE' and p.id <> new.id) then
      perform korpu.refuse('a plan is in force in the case: close it first');
    end if;
  elsif new.status = 'DRAFT' and old.status <> 'DRAFT' then
    new.assented_on := null;
    new.guardian_agreed_on := null;
    new.best_interests := null;
    new.decider_id := null;
  elsif new.review_on <> old.review_on then
    if old.status <> 'ACTIVE' then
      perform korpu.refuse('only a plan that is in force is reviewed');
    elsif new.review_on <= current_date then
      perform korpu.refuse('reviewOn must be a day to come');
    end if;
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_checks before update on korpu.care_plan for each row when (korpu.commanded()) execute function korpu.check_plan();

-- What was agreed does not change: goals and actions are those of a draft.
-- +goose StatementBegin
create function korpu.check_draft() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.care_plan p where p.id = new.plan_id and p.status = 'DRAFT') then
    perform korpu.refuse('the plan is agreed: its goals and actions do not change');
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger goal_is_of_a_draft after insert on korpu.plan_goal for each row when (korpu.commanded()) execute function korpu.check_draft();
create trigger action_is_of_a_draft after insert or update on korpu.plan_action for each row when (korpu.commanded()) execute function korpu.check_draft();

select korpu.guard_commands('care_plan', 'plan_goal', 'plan_action');
revoke all on function korpu.fill_goal(), korpu.agreed_on(uuid, uuid, text, text), korpu.assented_on(uuid, uuid, text, text), korpu.check_plan(), korpu.check_draft() from public;
reset role;
