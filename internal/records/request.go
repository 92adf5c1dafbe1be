package records

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"korpu/internal/audit"
	"korpu/internal/identity"
	"korpu/policy"
)

// ErrStale means that another policy version was current in the request's snapshot. The operation has to begin anew.
var ErrStale = errors.New("the policy has changed")

var errBrokenOff = errors.New("sending broke off")

// Request is the reads of one operation: all its root fields, answered from one snapshot under one policy version.
type Request struct {
	store    *Store
	ctx      context.Context // of the operation, for rendering: a key may have to be fetched
	subject  identity.Subject
	profile  *policy.Profile
	version  int64
	vars     map[string]any
	bindings map[*page]string
	result   uuid.UUID // what a command made or changed
	carried  []audit.Command

	mutex sync.Mutex // gqlgen resolves root fields side by side
	shape *string
	asked []*statement
	shelf *shelf

	shown    []audit.Record // by the answers so far
	withheld []int          // counts of the statement that is being rendered

	once sync.Once
	err  error
}

// statement is a planned root field and its answer.
type statement struct {
	plan   *plan
	args   []any
	out    []byte
	missed bool // a look-up that could be a guess, and found nothing
	// withheld counts the records that told a field to be withheld, in the order of the plan's trace.
	withheld []int
}

// Answer is the JSON of a root field, there as soon as it is written out.
type Answer struct {
	request   *Request
	statement *statement
}

// MarshalGQLContext writes the answer. The first answer of an operation to be written sends the batch: by then every
// root field has been resolved, which is to say planned.
func (a *Answer) MarshalGQLContext(ctx context.Context, w io.Writer) error {
	if err := a.request.Finish(ctx); err != nil {
		return err
	}
	_, err := w.Write(a.statement.out)
	return err
}

// UnmarshalGQLContext is never used: records are not input.
func (a *Answer) UnmarshalGQLContext(context.Context, any) error {
	return errors.New("records are not input")
}

// Finish sends what is planned, once, and returns the failure of the whole, if any. An operation that read no record is
// still checked: is its subject admitted, is its policy current.
func (r *Request) Finish(ctx context.Context) error {
	r.once.Do(func() {
		r.err = errBrokenOff // stands where sending panics, so that nothing is taken for an answer
		r.err = r.send(ctx)
	})
	return r.err
}

// Free gives up the answers, once they are written.
func (r *Request) Free() {
	r.shelf.free()
	r.shelf = nil
}

func (r *Request) add(ctx context.Context) (*Answer, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	op, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	r.vars = op.Variables
	p, err := r.planned(op, field)
	if err != nil {
		return nil, err
	}
	s := &statement{plan: p}
	for _, parameter := range p.params {
		arg, err := parameter(r)
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, arg)
	}
	r.asked = append(r.asked, s)
	return &Answer{request: r, statement: s}, nil
}

// longestKey keeps what a few callers with long documents can hold of the hub's memory small.
const longestKey = 8 << 10

// planned takes the plan from the cache or compiles it. The key holds all that a plan depends on, and no pointer.
func (r *Request) planned(op *graphql.OperationContext, field graphql.CollectedField) (*plan, error) {
	if r.shape == nil {
		shape := shapeOf(r.profile.Schema(), op.Operation, op.Variables)
		r.shape = &shape
	}
	schema := r.profile.ViewSchema(r.version)
	key := schema + "\x00" + op.OperationName + "\x00" + field.Alias + "\x00" + *r.shape + "\x00" + op.RawQuery
	if p, ok := r.store.plans.Get(key); ok {
		return p, nil
	}
	catalog := r.profile.Catalog()
	c := &compiler{profile: r.profile, catalog: catalog, schema: schema, vars: op.Variables}
	p, err := c.compile(catalog.Root(field.Name), field.Field, field.Selections)
	if err != nil {
		return nil, err
	}
	if len(key) <= longestKey {
		r.store.plans.Add(key, p)
	}
	return p, nil
}

func (r *Request) openCursor(p *page) (uuid.UUID, []byte, error) {
	cursor, err := text("after", p.after.read(r.vars))
	if err != nil {
		return uuid.UUID{}, nil, err
	}
	return r.store.cursors.open(cursor, r.binding(p))
}
