package fault

// Meaning is what a code tells a client, for the reference.
type Meaning struct {
	Code Code
	Says string
	ToDo string
}

// Meanings lists every code, in the order of the reference.
var Meanings = []Meaning{
	{Unauthenticated, "No token, a token that does not verify, or a holder who is not admitted any more.", "Sign in again. If that does not help, ask your administrator whether you still hold the role."},
	{Forbidden, "The token is good, but its holder has not the role or purpose that was asked for.", "Ask `me` which roles and purposes are yours."},
	{Invalid, "The request is wrong: its form, its document, or an argument. The message says what to change.", "Change the request; sending it again unchanged gives the same answer."},
	{NotFound, "There is no such record, or the command is not open to the caller on it: the hub does not say which.", "Look the record up; what you cannot see you cannot change."},
	{Conflict, "The record has changed since the caller saw it, or the idempotency key was used for another command.", "Read the record again and decide anew; use a new key for a new command."},
	{RateLimited, "Too many requests, or too many look-ups that found nothing.", "Wait as long as `Retry-After` says."},
	{TooCostly, "The request is over a limit of size, depth or cost. The message names the limit.", "Ask for less at once, and page through lists."},
	{Timeout, "The answer took too long and was given up.", "Ask for less."},
	{Unavailable, "The hub cannot answer now: its database or an issuer cannot be reached, the audit cannot be written, or the policy was just changed.", "Send the same request again after a moment."},
	{Internal, "A defect of the hub.", "Report the request id of the response header `Korpu-Request-Id`."},
}
