package hubtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// Outcome is what a command answered.
type Outcome struct {
	t testing.TB
	Response
	Record     map[string]any // the fields that were asked for
	Code, Text string         // of the error; empty where there is none
}

// Do has somebody do a command, under a key of its own where the input names none, and asks for fields of the record.
func (h *Hub) Do(t testing.TB, a Asker, command, fields string, input map[string]any) Outcome {
	t.Helper()
	if input["idempotencyKey"] == nil {
		input["idempotencyKey"] = uuid.NewString()
	}
	query := fmt.Sprintf("mutation($input: %s!) { %s(input: $input) { %s } }", Policy().Catalog.Command(command).Input.Name, command, fields)
	o := Outcome{t: t, Response: h.Ask(t, a, query, map[string]any{"input": input})}
	var body struct {
		Data   map[string]map[string]any
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(o.Body, &body); err != nil {
		t.Fatalf("%d %s: %v", o.Status, o.Body, err)
	}
	o.Record = body.Data[command]
	if len(body.Errors) > 0 {
		o.Code, o.Text = body.Errors[0].Extensions.Code, body.Errors[0].Message
	}
	return o
}

// Done fails the test unless the command was carried out, and returns the record.
func (o Outcome) Done() map[string]any {
	o.t.Helper()
	if o.Code != "" || o.Status != 200 {
		o.t.Fatalf("%d %s", o.Status, o.Body)
	}
	return o.Record
}

// Refused fails the test unless the command was refused with the code and a text that holds the words.
func (o Outcome) Refused(code, words string) {
	o.t.Helper()
	if o.Code != code || !strings.Contains(o.Text, words) {
		o.t.Fatalf("%d %s, not %s with %q", o.Status, o.Body, code, words)
	}
}
