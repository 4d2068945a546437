using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>
/// Hands bytes to one transport. A transport that throws, against its contract, is one whose connection is gone: that costs its own session, and nobody
/// else anything.
/// </summary>
/// <remarks>For the owner of the session's gate, where nothing else is said.</remarks>
internal abstract class GuardedSender(ISessionTransport transport, BrokerContext context)
{
    private bool _closed;

    /// <summary>See <see cref="ISessionTransport.Mark"/>. Any thread.</summary>
    public ulong Mark => transport.Mark;

    /// <summary>See <see cref="ISessionTransport.AcceptedAt"/>. Any thread.</summary>
    public int AcceptedAt => transport.AcceptedAt;

    /// <summary>See <see cref="ISessionTransport.UserAgent"/>. Any thread.</summary>
    public byte[]? UserAgent => transport.UserAgent;

    /// <summary>See <see cref="ISessionTransport.WriteAddress"/>. Any thread.</summary>
    public int WriteAddress(Span<byte> bytes) => transport.WriteAddress(bytes);

    /// <summary>What all sessions share.</summary>
    protected BrokerContext Context { get; } = context;

    /// <summary>See <see cref="ISessionTransport.SentBytes"/>. Any thread.</summary>
    public long SentBytes => transport.SentBytes;

    /// <summary>See <see cref="ISessionTransport.AcknowledgedBytes"/>. Any thread.</summary>
    public long AcknowledgedBytes => transport.AcknowledgedBytes;

    /// <summary>See <see cref="ISessionTransport.CanTrySend"/>.</summary>
    protected bool CanTrySend => transport.CanTrySend;

    /// <summary>True once nothing may be sent any more: a Close is out, or the connection is gone. Any thread.</summary>
    protected bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Nothing is sent any more from now on. Any thread.</summary>
    /// <returns>False when that was so already.</returns>
    protected bool MarkClosed() => !Interlocked.Exchange(ref _closed, true);

    /// <summary>See <see cref="ISessionTransport.TrySend"/>.</summary>
    protected int TrySendBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return transport.TrySend(bytes);
        }
        catch (Exception e)
        {
            Context.Report(e);
            return -1;
        }
    }

    /// <summary>See <see cref="ISessionTransport.SendAsync"/>.</summary>
    protected ValueTask<bool> SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return transport.SendAsync(bytes);
        }
        catch (Exception e)
        {
            Context.Report(e);
            return ValueTask.FromResult(false);
        }
    }

    /// <summary>The client is given its time to answer the Close.</summary>
    protected void AwaitAnswer() => Try(transport.CloseSent);

    /// <summary>Half-closes. Any thread.</summary>
    protected void FinishSending() => Try(transport.FinishSending);

    /// <summary>The connection is gone, or as good as gone. Any thread.</summary>
    protected void GiveUp()
    {
        MarkClosed();
        try
        {
            transport.Abort();
        }
        catch (Exception e)
        {
            Context.Report(e);
        }
    }

    private void Try(Action end)
    {
        try
        {
            end();
        }
        catch (Exception e)
        {
            Context.Report(e);
            GiveUp();
        }
    }

    /// <summary>Whole messages before the member's cursor are among the bytes sent so far.</summary>
    protected void NoteSent(Subscription member)
    {
        if (member.Redelivery is not { } redelivery)
            return;
        redelivery.NoteSent(member, transport.SentBytes);
        if (redelivery.TakeFirst(member) is var joinedAt && joinedAt != 0 && member.Topic.Kind == TopicKind.Token)
            Context.Counters.Histograms.FirstMessage.Record(Context.Clock.Since(joinedAt));
    }
}
