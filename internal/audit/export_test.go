package audit

import "time"

// Body is the body of the entry, as a chain would hold it.
func (e *Entry) Body() string { return string(e.appendBody(nil)) }

// Chain is the chain that the writer adds to.
func (w *Writer) Chain() Head { return w.session.head }

// TellRefusals adds what was counted so far.
func (w *Writer) TellRefusals() { w.writeRefusals(time.Now()) }
