package threeways

import (
	"encoding/hex"

	"github.com/google/uuid"

	"korpu/internal/hubtest"
	"korpu/internal/vault"
	"korpu/policy"
)

// seal encrypts what stands encrypted in the database, with the key of the row's agency.
func (g *generator) seal(table string, r row) {
	for _, f := range hubtest.Policy().Catalog.Encrypted() {
		text, present := r[f.Column].(string)
		if f.Record.Table != table || !present {
			continue
		}
		sealed, err := g.keyOf(r["agency_id"].(string)).Seal(f.Place(), uuid.MustParse(r["id"].(string)), []byte(text))
		if err != nil {
			panic(err) // the text is one
		}
		r[f.Column] = binary(sealed)
	}
}

func (g *generator) keyOf(agency string) *vault.Key {
	if g.keys[agency] == nil {
		key, wrapped, err := hubtest.Keys().New(uuid.MustParse(agency))
		if err != nil {
			panic(err) // a key in memory wraps always
		}
		g.keys[agency] = key
		g.keep("data_key", row{"agency_id": agency, "keyset": binary(wrapped), "created_at": g.now, "moved_at": g.now})
	}
	return g.keys[agency]
}

// binary is how PostgreSQL writes and reads bytes in JSON.
func binary(raw []byte) string { return `\x` + hex.EncodeToString(raw) }

func bytesOf(text any) []byte {
	raw, err := hex.DecodeString(text.(string)[2:])
	if err != nil {
		panic(err) // PostgreSQL wrote it
	}
	return raw
}

// unseal decrypts a value of a row with the key that its agency has in the database.
func (w *world) unseal(f *policy.Field, of row) any {
	if of[f.Column] == nil {
		return nil
	}
	agency := of["agency_id"].(string)
	key, err := hubtest.Keys().Unwrap(uuid.MustParse(agency), bytesOf(w.where("data_key", row{"agency_id": agency})[0]["keyset"]))
	if err != nil {
		panic(err) // the generator wrote it
	}
	text, err := key.Open(f.Place(), uuid.MustParse(of[f.Record.RowColumn()].(string)), bytesOf(of[f.Column]))
	if err != nil {
		panic(err) // the generator wrote it
	}
	return string(text)
}
