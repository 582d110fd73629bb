package account

import "context"

type actorKey struct{}

// WithActor lets the entry points (pages, API) pass on who acts. Use cases take the actor as an argument and never look here.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns who acts; nobody when no one has said.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
