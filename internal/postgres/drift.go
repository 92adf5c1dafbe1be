package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"korpu/policy"
)

// querier is what a connection, a pool and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// fixedGrants are held whatever the policy says: by the login, who is admitted and which policy is current; by those who
// write the audit and the access log and keep the keys, just that. With the database's name in it, each is the rest of a GRANT.
var fixedGrants = []string{
	"CONNECT on the database to " + Login,
	"CREATE on the database to " + Owner,
	"USAGE on schema korpu to " + Login,
	"SELECT on korpu.admitted to " + Login,
	"SELECT on korpu.admission to " + Login,
	"SELECT on korpu.client_admission to " + Login,
	"SELECT on korpu.policy_version to " + Login,
	"SELECT on korpu.policy_current to " + Login,
	"USAGE on schema korpu to " + Vault,
	"SELECT on korpu.data_key to " + Vault,
	"INSERT on korpu.data_key to " + Vault,
	"USAGE on schema korpu to " + AuditWriter,
	"SELECT on korpu.audit_record to " + AuditWriter,
	"INSERT on korpu.audit_record to " + AuditWriter,
	"SELECT on korpu.audit_command to " + AuditWriter,
	"USAGE on schema korpu to " + AccessLogWriter,
	"SELECT on korpu.audit_record to " + AccessLogWriter,
	"SELECT on korpu.agency to " + AccessLogWriter,
	"SELECT on korpu.on_file to " + AccessLogWriter,
	"SELECT on korpu.access_log to " + AccessLogWriter,
	"INSERT on korpu.access_log to " + AccessLogWriter,
	"UPDATE on korpu.access_log to " + AccessLogWriter,
	"SELECT on korpu.access_log_position to " + AccessLogWriter,
	"INSERT on korpu.access_log_position to " + AccessLogWriter,
	"UPDATE on korpu.access_log_position to " + AccessLogWriter,
	"USAGE on schema korpu to " + Sealer,
	"EXECUTE on function korpu.seal_due(most integer) to " + Sealer,
	"EXECUTE on function korpu.expunge_next() to " + Sealer,
	"INSERT on korpu.audit_command to " + Sealer,
}

// Drift compares what the database grants with what the policy version needs, and the views, with all that they stand on,
// with what was there when it was installed.
// It returns nil when they agree, else an error that lists every difference and what to do.
func Drift(ctx context.Context, db querier, c *policy.Compiled, version int64) error {
	actual, err := actualGrants(ctx, db, version)
	if err != nil {
		return err
	}
	wanted := wantedGrants(c, version)
	var problems []string
	for _, g := range actual {
		if !slices.Contains(wanted, g) {
			problems = append(problems, "the database grants "+g+", which the policy does not: revoke it")
		}
	}
	for _, g := range wanted {
		if !slices.Contains(actual, g) {
			problems = append(problems, "the database does not grant "+g+": run korpu policy apply")
		}
	}
	changed, err := changedViews(ctx, db, version)
	if err != nil {
		return err
	}
	problems = append(problems, changed...)
	if len(problems) > 0 {
		return fmt.Errorf("the database has drifted from policy version %d:\n%s", version, strings.Join(problems, "\n"))
	}
	return nil
}

func wantedGrants(c *policy.Compiled, version int64) []string {
	wanted := slices.Concat(fixedGrants, writerGrants, wantedWrites(c))
	for _, f := range subjectFunctions {
		wanted = append(wanted, fmt.Sprintf("EXECUTE on function %s to %s", f, Writer))
	}
	for _, companion := range companions {
		wanted = append(wanted, fmt.Sprintf("membership in %s to %s", companion, Login))
	}
	for _, role := range policy.Roles {
		writing := policy.WritingRole(role.Name)
		wanted = append(wanted, fmt.Sprintf("membership in %s to %s", Writer, writing), fmt.Sprintf("membership in %s to %s", writing, Login))
		reading := policy.ReadingRole(role.Name)
		wanted = append(wanted, fmt.Sprintf("membership in %s to %s", reading, Login))
		for _, f := range subjectFunctions {
			wanted = append(wanted, fmt.Sprintf("EXECUTE on function %s to %s", f, reading))
		}
	}
	for _, p := range c.Profiles {
		schema, reading := p.ViewSchema(version), policy.ReadingRole(p.Role)
		wanted = append(wanted, fmt.Sprintf("USAGE on schema %s to %s", schema, reading), fmt.Sprintf("USAGE on schema %s to %s", schema, Login))
		for _, t := range p.Types {
			wanted = append(wanted, fmt.Sprintf("SELECT on %s.%s to %s", schema, t.Record.Table, reading))
		}
		functions := p.Functions(version)
		for _, f := range functions {
			wanted = append(wanted, fmt.Sprintf("EXECUTE on function %s to %s", f.Signature(), policy.WritingRole(p.Role)))
		}
		if len(functions) > 0 {
			wanted = append(wanted, fmt.Sprintf("USAGE on schema %s to %s", schema, policy.WritingRole(p.Role)))
		}
	}
	return wanted
}

// wantedWrites are the columns that writing roles may write or read.
func wantedWrites(c *policy.Compiled) []string {
	var wanted []string
	for _, g := range c.Grants() {
		for _, column := range g.Columns {
			wanted = append(wanted, fmt.Sprintf("%s on column korpu.%s.%s to %s", g.Action, g.Table, column, g.Role))
		}
	}
	return wanted
}

// actualGrants lists every privilege on the hub's objects that somebody but their owner holds, and every one that its roles
// hold on anything else, in the words of wantedGrants.
func actualGrants(ctx context.Context, db querier, version int64) ([]string, error) {
	rows, err := db.Query(ctx, `
	  with every as (select oid, nspname, nspacl, nspowner, nspname = 'korpu' or starts_with(nspname, $1) as ours
	    from pg_namespace where nspname !~ '^v[0-9]+_' or starts_with(nspname, $1))
	  select a.privilege_type || ' on the database to ' || coalesce(g.rolname, 'public')
	    from pg_database d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a left join pg_roles g on g.oid = a.grantee
	   where d.datname = current_database() and a.grantee <> d.datdba and (a.grantee = 0 or g.rolname like 'korpu\_%')
	  union all
	  select a.privilege_type || ' on new objects to ' || coalesce(g.rolname, 'public')
	    from pg_default_acl d cross join aclexplode(d.defaclacl) a left join pg_roles g on g.oid = a.grantee
	   where a.grantee <> d.defaclrole and (a.grantee = 0 or g.rolname like 'korpu\_%')
	  union all
	  select a.privilege_type || ' on schema ' || n.nspname || ' to ' || coalesce(g.rolname, 'public')
	    from every n cross join aclexplode(n.nspacl) a left join pg_roles g on g.oid = a.grantee
	   where a.grantee <> n.nspowner and (n.ours or g.rolname like 'korpu\_%')
	  union all
	  select a.privilege_type || ' on ' || n.nspname || '.' || c.relname || ' to ' || coalesce(g.rolname, 'public')
	    from every n join pg_class c on c.relnamespace = n.oid cross join aclexplode(c.relacl) a
	    left join pg_roles g on g.oid = a.grantee where a.grantee <> c.relowner and (n.ours or g.rolname like 'korpu\_%')
	  union all
	  select a.privilege_type || ' on column ' || n.nspname || '.' || c.relname || '.' || t.attname || ' to ' || coalesce(g.rolname, 'public')
	    from every n join pg_class c on c.relnamespace = n.oid join pg_attribute t on t.attrelid = c.oid cross join aclexplode(t.attacl) a
	    left join pg_roles g on g.oid = a.grantee where a.grantee <> c.relowner and (n.ours or g.rolname like 'korpu\_%')
	  union all
	  select a.privilege_type || ' on function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
	         || ' to ' || coalesce(g.rolname, 'public')
	    from every n join pg_proc p on p.pronamespace = n.oid
	   cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles g on g.oid = a.grantee
	   where a.grantee <> p.proowner and (n.ours or g.rolname like 'korpu\_%')
	  union all
	  select 'membership in ' || r.rolname || ' to ' || m.rolname
	    from pg_auth_members x join pg_roles r on r.oid = x.roleid join pg_roles m on m.oid = x.member
	   where r.rolname like 'korpu\_%' or m.rolname like 'korpu\_%'
	  union all
	  select 'ownership of ' || n.nspname || '.' || c.relname || ' to ' || pg_get_userbyid(c.relowner)
	    from every n join pg_class c on c.relnamespace = n.oid where n.ours and pg_get_userbyid(c.relowner) <> $2 and c.relkind in ('r', 'v', 'm', 'p', 'f')
	  union all
	  select 'the attribute ' || a || ' to ' || r.rolname from pg_roles r
	   cross join lateral (values ('superuser', r.rolsuper), ('bypassrls', r.rolbypassrls), ('createrole', r.rolcreaterole), ('inherit', r.rolinherit and r.rolname = 'korpu_hub')) v(a, has)
	   where r.rolname like 'korpu\_%' and v.has`, fmt.Sprintf("v%d_", version), Owner)
	if err != nil {
		return nil, fmt.Errorf("read the grants: %w", err)
	}
	grants, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read the grants: %w", err)
	}
	return grants, nil
}

// definitions are those of a version's views and functions, and of the views, functions, triggers and row-level security of
// the schema korpu that they stand on.
const definitions = `
  select n.nspname || '.' || c.relname as name, md5(pg_get_viewdef(c.oid)) as hash
    from pg_namespace n join pg_class c on c.relnamespace = n.oid where (n.nspname = 'korpu' or starts_with(n.nspname, $1)) and c.relkind = 'v'
  union all
  select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', md5(pg_get_functiondef(p.oid))
    from pg_namespace n join pg_proc p on p.pronamespace = n.oid where n.nspname = 'korpu' or starts_with(n.nspname, $1)
  union all
  select 'korpu.' || c.relname || ', policy ' || p.polname, md5(concat(p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), c.relrowsecurity))
    from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_policy p on p.polrelid = c.oid where n.nspname = 'korpu'
  union all
  select 'korpu.' || c.relname || ', trigger ' || t.tgname, md5(pg_get_triggerdef(t.oid) || t.tgenabled::text)
    from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_trigger t on t.tgrelid = c.oid where n.nspname = 'korpu' and not t.tgisinternal`

// viewHashes maps the views of a version, and what they stand on, to the hashes of their definitions, as PostgreSQL prints them.
func viewHashes(ctx context.Context, db querier, version int64) (map[string]string, error) {
	rows, err := db.Query(ctx, definitions, fmt.Sprintf("v%d_", version))
	if err != nil {
		return nil, fmt.Errorf("read the views: %w", err)
	}
	hashes := map[string]string{}
	var name, hash string
	_, err = pgx.ForEachRow(rows, []any{&name, &hash}, func() error { hashes[name] = hash; return nil })
	if err != nil {
		return nil, fmt.Errorf("read the views: %w", err)
	}
	return hashes, nil
}

func changedViews(ctx context.Context, db querier, version int64) ([]string, error) {
	rows, err := db.Query(ctx, "select views from korpu.policy_version where version = $1", version)
	if err != nil {
		return nil, fmt.Errorf("read the installed views: %w", err)
	}
	installed, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[map[string]string])
	if err != nil {
		return nil, fmt.Errorf("read the installed views: %w", err)
	}
	actual, err := viewHashes(ctx, db, version)
	if err != nil {
		return nil, err
	}
	var problems []string
	for name, hash := range installed {
		if actual[name] != hash {
			problems = append(problems, name+" is not as it was when the policy was applied: find out who changed it, then run korpu policy apply")
		}
	}
	for name := range actual {
		if installed[name] == "" {
			problems = append(problems, name+" was not there when the policy was applied: drop it, or run korpu policy apply")
		}
	}
	slices.Sort(problems)
	return problems, nil
}
