package server

// Limits bound what one request may ask. Each is told in the message of the request that goes over it.
type Limits struct {
	Body          int64 // bytes of a request
	Tokens        int   // lexical tokens of a document
	Aliases       int   // aliases in a document
	Directives    int   // directives in a document
	Repeats       int   // fields asked for again in the same selection; validating them is quadratic
	RootFields    int   // fields of an operation's root, fragments included: each is a statement
	Depth         int   // levels of fields
	Introspection int   // levels of fields below __schema and __type
	Cost          int   // records that the answer could hold
	Page          int   // the largest `first`
	Documents     int   // validated documents kept per profile
}

// DefaultLimits leave room for the largest screens of the portal and the queries of a partner system.
var DefaultLimits = Limits{
	Body: 64 << 10, Tokens: 2000, Aliases: 30, Directives: 50, Repeats: 30, RootFields: 10,
	Depth: 12, Introspection: 20, Cost: 5000, Page: 100, Documents: 100,
}
