-- A report that names no recipient always finds one: whether it is taken tells nothing of who asked for help.
-- +goose Up
set local role korpu_owner;
-- +goose StatementBegin
create or replace function korpu.fill_harm_report() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.note_id is not null then
    select n.child_id into new.child_id from korpu.psychological_note n where n.id = new.note_id and n.author_id = new.author_id;
  end if;
  if new.recipient_id is null then
    select r.agency_id into new.recipient_id from korpu.referral r join korpu.agency a on a.id = r.agency_id and a.kind in ('DIVERSION_CENTRE', 'POLICE') and a.suspended_at is null
     where r.child_id = new.child_id and r.receiver_id = new.agency_id and r.status in ('SENT', 'ACCEPTED', 'ACTIVE') order by r.sent_on desc, r.id limit 1;
  end if;
  if new.recipient_id is null then
    select a.id into new.recipient_id from korpu.agency a
     where a.kind = 'DIVERSION_CENTRE' and a.suspended_at is null
     order by exists (select from korpu.child k join korpu.agency_district d on d.district_id = k.district_id
                       where k.id = new.child_id and d.agency_id = a.id and d.since <= current_date and (d.until is null or d.until > current_date)) desc, a.code limit 1;
  end if;
  return new;
end $$;
-- +goose StatementEnd
reset role;
