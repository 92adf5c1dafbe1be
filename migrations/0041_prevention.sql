-- Prevention: help that is offered to a child at risk who has committed no offence. Nothing of it is a record of justice (Riyadh Guidelines 5(f)): such a child has
-- no case, so that no authority is a party to anything of it, and no case is opened for it by what is on record here.
-- +goose Up
set local role korpu_owner;

create table korpu.prevention_contact (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  at         timestamptz not null,
  need       text not null,
  offered    text not null,
  answer     text not null,
  next_step  text,
  constraint prevention_contact_pkey primary key (id),
  constraint prevention_contact_child_exists foreign key (child_id) references korpu.child (id),
  constraint prevention_contact_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint prevention_contact_author_exists foreign key (author_id) references korpu.staff (id),
  constraint prevention_contact_need_is_known check (need in ('SCHOOL','FAMILY','SAFETY','LEISURE','LIVELIHOOD','HEALTH')),
  constraint prevention_contact_answer_is_known check (answer in ('ACCEPTED','DECLINED','UNDECIDED'))
);
comment on table korpu.prevention_contact is 'That help was offered to a child at risk, and what the child answered. It has no field of an offence.';
comment on table korpu.child is 'A child in conflict with the law, or to whom help was offered before that: then it has no case.';
create index prevention_contact_by_child on korpu.prevention_contact (child_id, at desc, id desc);
create index prevention_contact_by_moment on korpu.prevention_contact (at desc, id desc);

create trigger contact_has_been after insert on korpu.prevention_contact for each row when (korpu.commanded()) execute function korpu.check_meeting();

-- Who offers help to a child whom the hub does not know works with it from then on.
-- +goose StatementBegin
create function korpu.join_helped_child() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.care_team_member m where m.child_id = new.child_id) then
    insert into korpu.care_team_member (child_id, agency_id, author_id, staff_id, task, since, responsible, explained)
    values (new.child_id, new.agency_id, new.author_id, new.author_id, 'Offers help', least(current_date, (new.at at time zone 'UTC')::date), true, new.offered);
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger helper_joins after insert on korpu.prevention_contact for each row when (korpu.commanded()) execute function korpu.join_helped_child();

select korpu.guard_commands('prevention_contact');
revoke all on function korpu.join_helped_child() from public;
reset role;
