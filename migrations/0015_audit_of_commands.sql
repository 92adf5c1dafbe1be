-- The audit of commands: each writes its entry in its own transaction, and says of which child and case it was.
-- +goose Up
set local role korpu_owner;

alter table korpu.command_receipt add column command_id uuid;
comment on column korpu.command_receipt.command_id is 'Under which identifier the audit has the command; null for one that is older than the audit.';

drop function korpu.announce(text, text, text, uuid);
-- +goose StatementBegin
create function korpu.announce(of_event text, of_record text, of_table text, of_id uuid) returns table (child uuid, of_case uuid)
  language plpgsql security definer set search_path = '' as $$
begin
  execute format('select (to_jsonb(t) ->> %L)::uuid, (to_jsonb(t) ->> %L)::uuid from korpu.%I t where id = $1',
                 case when of_table = 'child' then 'id' else 'child_id' end, case when of_table = 'case_file' then 'id' else 'case_id' end, of_table)
    into strict child, of_case using of_id;
  insert into korpu.outbox (event, record, record_id, child_id, case_id, agency_id)
  values (of_event, of_record, of_id, child, of_case, korpu.agency());
  return next;
end $$;
-- +goose StatementEnd
comment on function korpu.announce(text, text, text, uuid) is 'Puts what happened to a record into the outbox, and tells of which child and case it is.';

grant insert on korpu.audit_command to korpu_writer;
revoke all on all functions in schema korpu from public;
reset role;
