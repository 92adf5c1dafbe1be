-- The safety net around a child: who is the responsible contact, what the child was told of each change, and one list of those who help now.
-- +goose Up
set local role korpu_owner;

alter table korpu.care_team_member add column responsible boolean not null default false;
alter table korpu.care_team_member add column explained text;
alter table korpu.care_team_member add constraint care_team_member_belongs_to_child unique (id, child_id);
comment on column korpu.care_team_member.responsible is 'Whether the person is the contact for all who help the child. Naming another one takes it from the former.';
comment on column korpu.care_team_member.explained is 'What the child was told of the last change.';

create table korpu.care_team_change (
  id         uuid not null default gen_random_uuid(),
  child_id   uuid not null,
  agency_id  uuid not null,
  author_id  uuid not null,
  created_at timestamptz not null default now(),
  member_id  uuid not null,
  change     text not null,
  at         timestamptz not null,
  explained  text not null,
  constraint care_team_change_pkey primary key (id),
  constraint care_team_change_agency_exists foreign key (agency_id) references korpu.agency (id),
  constraint care_team_change_author_exists foreign key (author_id) references korpu.staff (id),
  constraint care_team_change_is_of_its_member foreign key (member_id, child_id) references korpu.care_team_member (id, child_id),
  constraint care_team_change_change_is_known check (change in ('JOINED','RESPONSIBLE','LEFT'))
);
comment on table korpu.care_team_change is 'A change of a child''s care team, and what the child was told of it.';
create index care_team_change_by_child on korpu.care_team_change (child_id, at desc, id desc);
create index care_team_change_by_member on korpu.care_team_change (member_id, at desc, id desc);

-- +goose StatementBegin
create function korpu.follow_team() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into korpu.care_team_change (child_id, agency_id, author_id, member_id, change, at, explained)
  values (new.child_id, korpu.agency(), korpu.staff(), new.id,
          case when tg_op = 'INSERT' then 'JOINED' when new.left_at is not null then 'LEFT' else 'RESPONSIBLE' end, now(), new.explained);
  if new.responsible and new.left_at is null then
    update korpu.care_team_member m set responsible = false, version = m.version + 1
     where m.child_id = new.child_id and m.id <> new.id and m.responsible and m.left_at is null;
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger team_is_followed after insert on korpu.care_team_member for each row when (korpu.commanded()) execute function korpu.follow_team();
create trigger team_change_is_followed after update on korpu.care_team_member for each row
  when (korpu.commanded() and (new.left_at is distinct from old.left_at or new.responsible and not old.responsible)) execute function korpu.follow_team();
revoke all on function korpu.follow_team() from public;

-- Who helps now: the care team, and those who stand in for a time. The agency is the helper's own.
create view korpu.helper as
select m.id, m.child_id, s.agency_id, m.author_id, m.created_at, m.staff_id, s.name, m.task, m.since, null::date as until, m.responsible
  from korpu.care_team_member m join korpu.staff s on s.id = m.staff_id
 where m.left_at is null and s.left_at is null
union all
select g.id, g.child_id, s.agency_id, g.author_id, g.created_at, g.staff_id, s.name, g.reason, (g.starts_at at time zone 'UTC')::date, (g.ends_at at time zone 'UTC')::date, false
  from korpu.access_grant g join korpu.staff s on s.id = g.staff_id
 where g.starts_at <= now() and g.ends_at > now() and s.left_at is null;
comment on view korpu.helper is 'Who works with a child now: the care team, and those who stand in for a time.';
reset role;
