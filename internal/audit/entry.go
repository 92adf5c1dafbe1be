// Package audit keeps who asked for what and what was answered: chains of records, each holding the hash of the one before
// it. A writer adds them in group commits and releases whoever waits for one when it is durable; Verify finds what was
// changed, removed or cut off since.
package audit

import (
	"time"

	"github.com/google/uuid"
)

// Entry is what is kept of one request or command. It holds identifiers, names of fields and numbers: nothing that was asked
// with, and nothing that was answered.
type Entry struct {
	At             time.Time
	Request        string // its random id, which the caller was told
	Command        uuid.UUID
	Name           string // of the command; empty for a request
	Staff, Agency  uuid.UUID
	Issuer, Client string
	Asserted       bool // whether the client named the person
	Role, Purpose  string
	Operation      string   // hash of the document's words
	Policy         string   // version
	Outcome        string   // OK, or the code of the error
	Changed        []Record // by a command, with types as the reading names them
	Reading        Reading
	Digest         []byte // of the answer's bytes, under a key that the database does not hold
}

// Reading is what an answer holds of records, gathered while it is rendered.
type Reading struct {
	Fields   []string // `Type.field`, each once and in order
	Types    []string // the names that Record.Type counts in
	Records  []Record
	Withheld []Withheld
}

// Record is one that an answer holds. Child and Case are zero where it belongs to none, or was read for none.
type Record struct {
	Type            uint16
	ID, Child, Case [16]byte
}

// Withheld says how many records of an answer told that a field is closed on them.
type Withheld struct {
	Field   string
	Records int
}
