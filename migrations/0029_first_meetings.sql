-- A meeting is the first one of those that the same agency has recorded: whoever records one is not told what others have recorded before.
-- +goose Up
set local role korpu_owner;

-- +goose StatementBegin
create or replace function korpu.mark_first_meeting() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from korpu.lawyer_contact c
                  where c.detention_id = new.detention_id and c.agency_id = new.agency_id and c.kind in ('FIRST_MET', 'MET')) then
    new.kind := 'FIRST_MET';
  end if;
  return new;
end $$;
-- +goose StatementEnd
reset role;
