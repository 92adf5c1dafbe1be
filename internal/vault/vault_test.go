package vault_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"korpu/internal/hubtest"
	"korpu/internal/postgres"
	"korpu/internal/vault"
)

// clinic is an agency in an empty database.
type clinic struct {
	admin string
	conn  *pgx.Conn // of the superuser
	id    uuid.UUID
}

func openClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{id: uuid.New()}
	c.admin, c.conn = hubtest.Database(t)
	_, err := c.conn.Exec(t.Context(), `with district as (insert into korpu.district (code, name, city) values ('SAB', 'Sabail', 'Baku') returning id)
	  insert into korpu.agency (id, code, name, kind, district_id) select $1, 'CLINIC', 'Clinic', 'LEGAL_CLINIC', id from district`, c.id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// instance is the vault of one more instance of the hub.
func (c *clinic) instance(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := c.open(t, hubtest.Keys())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c *clinic) open(t *testing.T, kek *vault.KEK) (*vault.Vault, error) {
	t.Helper()
	login, err := pgx.ParseConfig(hubtest.LoginURL(t, c.admin))
	if err != nil {
		t.Fatal(err)
	}
	return vault.New(t.Context(), kek, login)
}

func (c *clinic) seal(t *testing.T, v *vault.Vault, row uuid.UUID, text string) []byte {
	t.Helper()
	sealed, err := v.Seal(t.Context(), c.id, title, row, text)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func (c *clinic) expect(t *testing.T, v *vault.Vault, row uuid.UUID, sealed []byte, text string) {
	t.Helper()
	if got, err := v.Open(t.Context(), c.id, title, row, sealed); err != nil || string(got) != text {
		t.Fatalf("%q, error %v", got, err)
	}
}

func TestAnAgencyGetsItsKeyWhenItFirstWritesAndEveryInstanceReadsIt(t *testing.T) {
	c := openClinic(t)
	writer, reader, row := c.instance(t), c.instance(t), uuid.New()
	sealed := c.seal(t, writer, row, "a note")
	c.expect(t, writer, row, sealed, "a note")
	c.expect(t, reader, row, sealed, "a note")
	c.expect(t, c.instance(t), row, sealed, "a note")
}

func TestInstancesThatWriteFirstAtOnceTakeOneKey(t *testing.T) {
	c := openClinic(t)
	var group sync.WaitGroup
	row, sealed := uuid.New(), make([][]byte, 12)
	instances := []*vault.Vault{c.instance(t), c.instance(t), c.instance(t), c.instance(t)}
	for i := range sealed {
		group.Go(func() {
			var err error
			if sealed[i], err = instances[i%len(instances)].Seal(t.Context(), c.id, title, row, "a note"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, v := range append(instances, c.instance(t)) {
		for _, s := range sealed {
			c.expect(t, v, row, s, "a note")
		}
	}
}

func TestAnAgencyThatIsNoneGetsNoKey(t *testing.T) {
	c := openClinic(t)
	if _, err := c.instance(t).Seal(t.Context(), uuid.New(), title, uuid.New(), "a note"); err == nil {
		t.Error("it was sealed")
	}
}

func TestAValueOfAnAgencyWithoutKeysDoesNotOpen(t *testing.T) {
	c := openClinic(t)
	v, row := c.instance(t), uuid.New()
	sealed := c.seal(t, v, row, "a note")
	var unreadable *vault.UnreadableError
	if text, err := v.Open(t.Context(), uuid.New(), title, row, sealed); !errors.As(err, &unreadable) || text != nil {
		t.Errorf("%q, error %v", text, err)
	}
}

// What nobody can read is asked for again and again: the keys are read anew a few times, and no more.
func TestAValueUnderAKeyThatIsNotThereDoesNotOccupyTheDatabase(t *testing.T) {
	c := openClinic(t)
	v, row := c.instance(t), uuid.New()
	sealed := c.seal(t, v, row, "a note")
	foreign, _ := key(t, c.id)
	lost := seal(t, foreign, title, row, "lost")
	var unreadable *vault.UnreadableError
	for range 20 {
		if text, err := v.Open(t.Context(), c.id, title, row, lost); !errors.As(err, &unreadable) || text != nil {
			t.Fatalf("%q, error %v", text, err)
		}
	}
	if _, err := c.conn.Exec(t.Context(), "alter role korpu_hub connection limit 0"); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = c.conn.Exec(t.Context(), "alter role korpu_hub connection limit -1") }()
	if _, err := v.Open(t.Context(), c.id, title, row, lost); !errors.As(err, &unreadable) {
		t.Errorf("the database was asked once more: %v", err)
	}
	c.expect(t, v, row, sealed, "a note")
}

func TestAVaultDoesNotOpenUnderAnotherKeyNorWithoutOne(t *testing.T) {
	c := openClinic(t)
	c.seal(t, c.instance(t), uuid.New(), "a note")
	if _, err := c.open(t, otherKEK(t)); err == nil || !strings.Contains(err.Error(), "KORPU_KEY_URI") {
		t.Errorf("under another key: error %v", err)
	}
	if _, err := c.open(t, nil); err == nil {
		t.Error("without a key it opens")
	}
}

func TestTheVaultsRoleAddsKeysAndChangesNone(t *testing.T) {
	c := openClinic(t)
	c.seal(t, c.instance(t), uuid.New(), "a note")
	for _, sql := range []string{"update korpu.data_key set keyset = ''", "delete from korpu.data_key", "truncate korpu.data_key", "select * from korpu.legal_note", "select * from korpu.agency"} {
		err := pgx.BeginFunc(t.Context(), c.conn, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "set local role "+postgres.Vault)
			if err == nil {
				_, err = tx.Exec(t.Context(), sql)
			}
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: error %v", sql, err)
		}
	}
}

func TestKeysThatWereReplacedAreReadAnew(t *testing.T) {
	c := openClinic(t)
	v, row := c.instance(t), uuid.New()
	c.seal(t, v, row, "a note")
	restored, wrapped := key(t, c.id) // from a backup, say
	if _, err := c.conn.Exec(t.Context(), "update korpu.data_key set keyset = $1", wrapped); err != nil {
		t.Fatal(err)
	}
	c.expect(t, v, row, seal(t, restored, title, row, "an older note"), "an older note")
}
