package noninterference

import (
	"fmt"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
)

// seal encrypts what the enrichment has written in the clear: with one ciphertext for both sides, since no two are alike. What is hidden later
// gets ciphertexts of other rows: nothing may try to open them.
func (w *world) seal() {
	w.t.Helper()
	for _, f := range w.catalog.Encrypted() {
		clear := structs[struct {
			ID, Agency uuid.UUID
			Text       []byte
		}](w.t, w.still.admin, fmt.Sprintf("select id, agency_id as agency, %[1]s as text from korpu.%[2]s where get_byte(%[1]s, 0) <> 1", f.Column, f.Record.Table))
		for _, one := range clear {
			sealed, err := hubtest.KeyOf(w.t, w.still.admin, one.Agency).Seal(f.Place(), one.ID, one.Text)
			if err != nil {
				w.t.Fatal(err)
			}
			w.keep(one.Agency)
			for _, s := range []*side{w.still, w.moved} {
				exec(w.t, s.admin, fmt.Sprintf("update korpu.%s set %s = $1 where id = $2", f.Record.Table, f.Column), sealed, one.ID)
			}
		}
	}
}

// keep gives the other side the key of an agency, where it was made for this one.
func (w *world) keep(agency uuid.UUID) {
	w.t.Helper()
	var keyset []byte
	if err := w.still.admin.QueryRow(w.t.Context(), "select keyset from korpu.data_key where agency_id = $1", agency).Scan(&keyset); err != nil {
		w.t.Fatal(err)
	}
	exec(w.t, w.moved.admin, "insert into korpu.data_key (agency_id, keyset) values ($1, $2) on conflict do nothing", agency, keyset)
}
