-- The administrator suspends the system of a partner, and lets it in again.
-- +goose Up
set local role korpu_owner;

alter table korpu.client add column id uuid not null default gen_random_uuid();
alter table korpu.client add column version integer not null default 1;
alter table korpu.client add constraint client_id_is_unique unique (id);
create index client_by_name on korpu.client (client_id, id);

-- +goose StatementBegin
create function korpu.check_client() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if old.suspended_at is not null and new.suspended_at is not null then
    perform korpu.refuse('the client is suspended already');
  elsif old.suspended_at is null and new.suspended_at is null then
    perform korpu.refuse('the client is not suspended');
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger b_checks before update on korpu.client for each row when (korpu.commanded()) execute function korpu.check_client();

alter table korpu.client enable row level security;
create policy reads on korpu.client for select to korpu_writer using (true);
create policy changes on korpu.client for update to korpu_writer using (korpu.may(client)) with check (korpu.become(client));
revoke all on function korpu.check_client() from public;
reset role;
