-- Without the family's consent an office is told nothing of an application, not even whether it is decided.
-- +goose Up
set local role korpu_owner;
-- +goose StatementBegin
create function korpu.check_application_consent() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if korpu.agreed_on(new.child_id, new.agency_id, 'ASSISTANCE', 'SERVICE_DELIVERY') is null then
    perform korpu.refuse('the family has not consented that the office deals with the application, or does not any more');
  end if;
  return new;
end $$;

create or replace function korpu.check_application() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' and not exists (select from korpu.referral r where r.child_id = new.child_id and r.receiver_id = new.agency_id
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
create trigger application_consents after insert on korpu.assistance_application for each row when (korpu.commanded()) execute function korpu.check_application_consent();
create trigger a_consents before update on korpu.assistance_application for each row when (korpu.commanded()) execute function korpu.check_application_consent();
revoke all on function korpu.check_application_consent() from public;
reset role;
