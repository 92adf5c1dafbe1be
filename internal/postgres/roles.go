package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"korpu/policy"
)

// Login is the role that the hub connects as. It reads no record itself and may become any reading role.
const Login = "korpu_hub"

// Owner holds tables and views and cannot log in.
const Owner = "korpu_owner"

// Vault is the role that reads the keys of agencies, wrapped as they are, and adds one where an agency has none. It changes
// and removes none, and reads nothing else.
const Vault = "korpu_vault"

// AuditWriter is the role that adds records to the audit. It changes and removes none.
const AuditWriter = "korpu_audit_writer"

// AccessLogWriter is the role that draws the access log from the audit. It reads nothing of a child but that there is one.
const AccessLogWriter = "korpu_access_log_writer"

// Sealer is the role that seals what is due, destroys what was decided, and tells the audit; it reads nothing.
const Sealer = "korpu_sealer"

// companions are the roles that the login becomes beside those of requests.
var companions = []string{Vault, AuditWriter, AccessLogWriter, Sealer}

// loginSettings make every transaction of the login one snapshot that cannot write, and keep the plans of a connection
// that serves many roles.
var loginSettings = [][2]string{
	{"default_transaction_isolation", "'repeatable read'"},
	{"default_transaction_read_only", "on"},
	{"plan_cache_mode", "force_generic_plan"},
	{"enable_memoize", "off"}, // a page is short: to remember what its records link to costs more than to look again
	{"statement_timeout", "'15s'"},
	{"idle_in_transaction_session_timeout", "'15s'"},
	{"search_path", "''"},
	{"timezone", "'UTC'"},
	{"jit", "off"},
}

// Writer is the group of all writing roles; row-level security lets it through where the policy's functions do.
const Writer = "korpu_writer"

// writerGrants are what every writing role holds beside the columns that the policy gives it.
var writerGrants = []string{
	"USAGE on schema korpu to " + Writer,
	"SELECT on korpu.command_receipt to " + Writer,
	"INSERT on korpu.command_receipt to " + Writer,
	"INSERT on korpu.audit_command to " + Writer,
	"EXECUTE on function korpu.commanded() to " + Writer,
	"EXECUTE on function korpu.decide(prefix text, t anyelement) to " + Writer,
	"EXECUTE on function korpu.may(t anyelement) to " + Writer,
	"EXECUTE on function korpu.become(t anyelement) to " + Writer,
	"EXECUTE on function korpu.lock_child(of_table text, of_id uuid) to " + Writer,
	"EXECUTE on function korpu.case_of_own_court(of_number text, born_in integer) to " + Writer,
	"EXECUTE on function korpu.acts_against(of_child uuid) to " + Writer,
	"EXECUTE on function korpu.announce(of_event text, of_record text, of_table text, of_id uuid) to " + Writer,
}

// subjectFunctions tell a view who asks; reading roles may call them, and no other function of the schema.
var subjectFunctions = []string{"korpu.staff()", "korpu.agency()", "korpu.purpose()"}

// CreateRoles makes the roles that the login becomes, once per cluster, and grants what is held whatever the policy says.
// Roles that exist are left.
func CreateRoles(ctx context.Context, conn *pgx.Conn) error {
	for _, companion := range companions {
		if err := createRole(ctx, conn, companion); err != nil {
			return err
		}
		if err := exec(ctx, conn, fmt.Sprintf("grant %s to %s", companion, Login)); err != nil {
			return err
		}
	}
	for _, role := range policy.Roles {
		reading := policy.ReadingRole(role.Name)
		if err := createRole(ctx, conn, reading); err != nil {
			return err
		}
		if err := exec(ctx, conn, fmt.Sprintf("grant %s to %s", reading, Login)); err != nil {
			return err
		}
		if err := exec(ctx, conn, fmt.Sprintf("grant execute on function %s to %s", strings.Join(subjectFunctions, ", "), reading)); err != nil {
			return err
		}
	}
	if err := createWriters(ctx, conn); err != nil {
		return err
	}
	database := "database " + pgx.Identifier{conn.Config().Database}.Sanitize()
	for _, g := range fixedGrants {
		if err := exec(ctx, conn, "grant "+strings.Replace(g, "the database", database, 1)); err != nil {
			return err
		}
	}
	for _, s := range loginSettings {
		if err := exec(ctx, conn, fmt.Sprintf("alter role %s in %s set %s = %s", Login, database, s[0], s[1])); err != nil {
			return err
		}
	}
	return nil
}

// createWriters makes the writing roles, and lets the login become any of them.
func createWriters(ctx context.Context, conn *pgx.Conn) error {
	if err := createRole(ctx, conn, Writer); err != nil {
		return err
	}
	for _, g := range append(slices.Clone(writerGrants), fmt.Sprintf("EXECUTE on function %s to %s", strings.Join(subjectFunctions, ", "), Writer)) {
		if err := exec(ctx, conn, "grant "+g); err != nil {
			return err
		}
	}
	for _, role := range policy.Roles {
		writing := policy.WritingRole(role.Name)
		if err := createRole(ctx, conn, writing); err != nil {
			return err
		}
		for _, membership := range [][2]string{{Writer, writing}, {writing, Login}} {
			if err := exec(ctx, conn, fmt.Sprintf("grant %s to %s", membership[0], membership[1])); err != nil {
				return err
			}
		}
	}
	return nil
}

func createRole(ctx context.Context, conn *pgx.Conn, name string) error {
	_, err := conn.Exec(ctx, "create role "+name+" nologin")
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42710" || pg.Code == "23505") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create role %s: %w", name, err)
	}
	return nil
}

func exec(ctx context.Context, conn *pgx.Conn, sql string) error {
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", strings.SplitN(sql, "\n", 2)[0], err)
	}
	return nil
}

// checkLogin refuses to serve as anybody but the hub's login, who would hold more than a request may, or as that login
// without the settings that make a request one snapshot that cannot write.
func checkLogin(ctx context.Context, db querier) error {
	rows, err := db.Query(ctx, `select session_user::text, current_setting('default_transaction_isolation'),
	  current_setting('default_transaction_read_only'), current_setting('search_path')`)
	if err != nil {
		return fmt.Errorf("look at the login: %w", err)
	}
	var name, isolation, readOnly, path string
	_, err = pgx.ForEachRow(rows, []any{&name, &isolation, &readOnly, &path}, func() error { return nil })
	switch {
	case err != nil:
		return fmt.Errorf("look at the login: %w", err)
	case name != Login:
		return fmt.Errorf("the hub serves as %s alone, but its database address names %s: change the address", Login, name)
	case isolation != "repeatable read" || readOnly != "on" || path != `""`:
		return fmt.Errorf("the settings of %s in this database are not the policy's: run korpu policy apply, and leave settings out of the address", Login)
	}
	return nil
}

// LoginURL is the address of the same database for the hub's login, where the server lets it in without a password: a
// private server of the demo or of a test.
func LoginURL(admin string) (string, error) {
	u, err := url.Parse(admin)
	if err != nil {
		return "", fmt.Errorf("read the database's address: %w", err)
	}
	u.User = url.User(Login)
	return u.String(), nil
}
