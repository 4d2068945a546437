namespace Keker.Server.Broker;

/// <summary>The sending side of a client of keker.v2: it is told where the messages of a topic begin, before it gets any.</summary>
/// <remarks>Thread-safe, as every session; <see cref="Hold"/> and <see cref="StartHeld"/> are for whoever reads the connection.</remarks>
internal sealed class TaggedSession : Session
{
    private HeldMember? _held;

    /// <param name="transport">The way to the client.</param>
    /// <param name="context">What all sessions share.</param>
    public TaggedSession(ISessionTransport transport, BrokerContext context)
        : base(transport, context)
    {
        Variant = Variant.Tagged;
    }

    /// <summary>A member is not to start by itself when it could: its hand-over may still take its beginning back. One at a time.</summary>
    /// <param name="member">One that has joined and has not begun.</param>
    /// <returns>Completes when its beginning is settled; the caller then starts it.</returns>
    public Task Hold(Subscription member)
    {
        var held = new HeldMember(member, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Volatile.Write(ref _held, held);
        return held.Settled.Task;
    }

    /// <summary>Starts the member that was held.</summary>
    public void StartHeld(Subscription member)
    {
        Volatile.Write(ref _held, null);
        base.Start(member);
    }

    public override void Start(Subscription member)
    {
        if (Volatile.Read(ref _held) is { } held && held.Member == member)
            held.Settled.SetResult();
        else
            base.Start(member);
    }
}
