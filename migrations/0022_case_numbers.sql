-- Case numbers: the greatest one is looked for once a city and year, not at every case, and none is cut from 100,000 on.
-- +goose Up
set local role korpu_owner;

-- +goose StatementBegin
create or replace function korpu.open_case() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  of_city text := (select upper(left(d.code, 3)) from korpu.district d where d.id = new.district_id);
  this_year integer := extract(year from current_date);
  given integer;
begin
  update korpu.case_number set last = last + 1 where prefix = of_city and year = this_year returning last into given;
  if given is null then
    insert into korpu.case_number as n (prefix, year, last)
    values (of_city, this_year, 1 + coalesce((select max(substring(number from '\d+$')::integer) from korpu.case_file
              where number like of_city || '-' || this_year || '-%'), 0))
        on conflict (prefix, year) do update set last = n.last + 1
    returning last into given;
  end if;
  new.number := format('%s-%s-%s', of_city, this_year, lpad(given::text, greatest(5, length(given::text)), '0'));
  return new;
end $$;
-- +goose StatementEnd
reset role;
