-- A place of detention records contacts with a lawyer on the stay that it has in its register, not on others of the same child.
-- +goose Up
set local role korpu_owner;

-- +goose StatementBegin
create function korpu.check_contact() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from korpu.child k where k.id = new.child_id and k.holders @> array[korpu.agency()] and not k.counsel @> array[korpu.staff()])
     and not exists (select from korpu.detention_episode d where d.id = new.detention_id and d.facility_id = korpu.agency() and d.released_at is null) then
    raise exception using errcode = '42501', message = 'no such stay';
  end if;
  return null;
end $$;
-- +goose StatementEnd
comment on function korpu.check_contact() is 'Refuses a contact on a stay that is not in the register of who records it, in the way of a record that is not there.';
create trigger contact_is_of_own_stay after insert on korpu.lawyer_contact for each row when (korpu.commanded()) execute function korpu.check_contact();
revoke all on function korpu.check_contact() from public;
reset role;
