-- What it takes to change the moved side and to have it back as it was.
create function leak.columns(relation text) returns text language sql as $$
  select string_agg(attname, ', ') from pg_attribute
   where attrelid = ('korpu.' || relation)::regclass and attnum > 0 and not attisdropped and attgenerated = '' $$;

-- Which tables have been changed, in the order of the changes.
create table leak.touched (number bigint generated always as identity, relation text not null);
create function leak.touch() returns trigger language plpgsql security definer as $$ begin insert into leak.touched (relation) values (tg_table_name); return null; end $$;
create function leak.watch() returns void language plpgsql as $$
declare relation text;
begin
  for relation in select leak.tables() loop
    execute format('create trigger touches after insert or update or delete on korpu.%I for each statement execute function leak.touch()', relation);
    execute format('alter table korpu.%I enable always trigger touches', relation);
  end loop;
end $$;
create function leak.unwatch() returns void language plpgsql as $$
declare relation text;
begin
  for relation in select leak.tables() loop
    execute format('drop trigger touches on korpu.%I', relation);
  end loop;
end $$;
select leak.watch();

-- Keeps all tables as they are, under a name.
create table leak.kept (name text primary key, touched bigint not null);
create function leak.keep(name text) returns void language plpgsql as $$
declare relation text;
begin
  execute format('drop schema if exists %I cascade', name);
  execute format('create schema %I', name);
  for relation in select leak.tables() loop
    execute format('create table %2$I.%1$I as table korpu.%1$I', relation, name);
  end loop;
  insert into leak.kept select name, coalesce(max(t.number), 0) from leak.touched t on conflict on constraint kept_pkey do update set touched = excluded.touched;
end $$;
select leak.keep('begin');

-- Triggers stand still meanwhile: what they would compute is restored too.
create function leak.restore(place text) returns void language plpgsql as $$
declare relation text;
begin
  perform set_config('session_replication_role', 'replica', true);
  for relation in select distinct t.relation from leak.touched t where t.number > (select k.touched from leak.kept k where k.name = place) loop
    execute format('delete from korpu.%1$I t where not exists (select from %2$I.%1$I was where was::text = t::text)', relation, place);
    execute format('insert into korpu.%1$I (%3$s) select %3$s from %2$I.%1$I was where not exists (select from korpu.%1$I t where t::text = was::text)',
      relation, place, leak.columns(relation));
  end loop;
  delete from leak.touched t where place = 'begin';
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
