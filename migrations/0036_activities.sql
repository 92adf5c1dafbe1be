-- Sessions at a club or course: who does an action of a plan meets the child there, and records whether the child came.
-- +goose Up
set local role korpu_owner;

alter table korpu.session drop constraint session_place_is_known;
alter table korpu.session add constraint session_place_is_known check (place in ('CENTRE','HOME','SCHOOL','ACTIVITY'));

alter table korpu.session add column provider_id uuid;
update korpu.session s set provider_id = a.provider_id from korpu.plan_action a where a.id = s.action_id;
alter table korpu.session alter column provider_id set not null;
alter table korpu.plan_action add constraint plan_action_belongs_to_provider unique (id, provider_id);
alter table korpu.session add constraint session_is_of_its_provider foreign key (action_id, provider_id) references korpu.plan_action (id, provider_id) on update cascade;
comment on column korpu.session.provider_id is 'Who does the action: a provider sees the sessions of its own.';

-- +goose StatementBegin
create function korpu.fill_provider() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.provider_id := (select a.provider_id from korpu.plan_action a where a.id = new.action_id);
  return new;
end $$;
-- +goose StatementEnd
create trigger b_fills_provider before insert on korpu.session for each row when (new.provider_id is null) execute function korpu.fill_provider();
revoke all on function korpu.fill_provider() from public;
reset role;
