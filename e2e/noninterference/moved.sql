-- What it takes to change the moved side and to have it back as it was.
create function leak.columns(relation text) returns text language sql as $$
  select string_agg(attname, ', ') from pg_attribute
   where attrelid = ('korpu.' || relation)::regclass and attnum > 0 and not attisdropped and attgenerated = '' $$;

create function leak.remember() returns void language plpgsql as $$
declare relation text;
begin
  for relation in select leak.tables() loop
    execute format('create table leak.%1$I as table korpu.%1$I', relation);
  end loop;
end $$;
select leak.remember();

-- Triggers stand still meanwhile: what they would compute is restored too.
create function leak.restore() returns void language plpgsql as $$
declare relation text;
begin
  perform set_config('session_replication_role', 'replica', true);
  for relation in select leak.tables() loop
    execute format('delete from korpu.%1$I t where not exists (select from leak.%1$I was where was::text = t::text)', relation);
    execute format('insert into korpu.%1$I (%2$s) select %2$s from leak.%1$I was where not exists (select from korpu.%1$I t where t::text = was::text)',
      relation, leak.columns(relation));
  end loop;
end $$;

-- A statement that a constraint refuses changes nothing.
create function leak.try(statement text) returns boolean language plpgsql as $$
declare changed bigint;
begin
  execute statement;
  get diagnostics changed = row_count;
  return changed > 0;
exception when integrity_constraint_violation or data_exception or feature_not_supported or sqlstate 'KP001' then
  return false;
end $$;

-- A child with all that is on record of it.
create function leak.forget(whom uuid) returns void language plpgsql as $$
declare relation text;
begin
  perform set_config('session_replication_role', 'replica', true);
  for relation in select leak.tables() loop
    if exists (select from pg_attribute where attrelid = ('korpu.' || relation)::regclass and attname = 'child_id') then
      execute format('delete from korpu.%I where child_id = %L', relation, whom);
    end if;
  end loop;
  delete from korpu.child where id = whom;
  perform set_config('session_replication_role', 'origin', true);
end $$;
