package audit

import (
	"time"

	"github.com/google/uuid"
)

// Body is the body of the entry, as a chain would hold it.
func (e *Entry) Body() string { return string(e.appendBody(nil)) }

// ID is the identifier under which the entry of the command stands.
func (c Command) ID() uuid.UUID { return c.id }

// Chain is the chain that the writer adds to.
func (w *Writer) Chain() Head { return w.session.head }

// TellRefusals adds what was counted so far.
func (w *Writer) TellRefusals() { w.writeRefusals(time.Now()) }
