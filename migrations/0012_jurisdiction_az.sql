-- The law of Azerbaijan as far as commands ask it. Ages are those that the alternative report of 2020 gives; the list of
-- articles for which fourteen is the age has to be confirmed by the country's lawyers before it is used on real cases.
-- +goose Up
set local role korpu_owner;
insert into korpu.jurisdiction (country, in_force, ages, grave, institutions, source) values
  ('AZ', '2000-09-01', '{"grave": 14, "general": 16, "adult": 18}',
   '{CC 120,CC 126,CC 144,CC 149,CC 150,CC 177.2,CC 180.2,CC 181,CC 182,CC 214,CC 215,CC 221.2,CC 221.3,CC 228.1}',
   '{"commission": {"az": "Yetkinlik yaşına çatmayanların işləri və hüquqlarının müdafiəsi üzrə komissiya", "en": "Commission on the affairs and protection of the rights of minors"}}',
   'Criminal Code article 20, to be confirmed; Law 336-IIG of 31 May 2002');
reset role;
