using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker;

/// <summary>
/// A client whose socket does what the test says: takes so many bytes, blocks, takes the rest when told to, vanishes. Keeps what
/// it was sent, and every breach of the contract of <see cref="ISessionTransport"/>.
/// </summary>
internal sealed class FakeTransport : ISessionTransport
{
    private const int MostBreaches = 100;

    private static ulong _marks = 1 << 20;

    private readonly Lock _lock = new();
    private readonly List<byte> _sent = [];
    private readonly List<string> _breaches = [];
    private PendingWrite? _pending;
    private int _senders;
    private int _closesSent;
    private int _finished;
    private int _aborted;
    private long _room = long.MaxValue;

    public bool CanTrySend { get; init; } = true;

    /// <summary>Nobody looks like anybody else, unless a test says so.</summary>
    public ulong Mark { get; init; } = Interlocked.Increment(ref _marks);

    public long SentBytes
    {
        get { lock (_lock) return _sent.Count; }
    }

    /// <summary>Whether the client's machine acknowledges what it is sent.</summary>
    public bool Acknowledges { get; init; } = true;

    public long AcknowledgedBytes => Acknowledges ? SentBytes : 0;

    /// <summary>Whether the client has negotiated compression.</summary>
    public bool Deflates { get; init; }

    /// <summary>Whether the client's pongs count as confirmations.</summary>
    public bool Confirms { get; init; }

    /// <summary>Runs at the beginning of every <see cref="TrySend"/>: holds a pass where the test wants it.</summary>
    public Action? OnTrySend { get; set; }

    /// <summary>Decides how many of the offered bytes are taken, -1 for a vanished peer. By default as many as there is room for.</summary>
    public Func<int, int>? Take { get; init; }

    /// <summary>Bytes that are taken before it blocks.</summary>
    public long Room
    {
        get => Volatile.Read(ref _room);
        set => Volatile.Write(ref _room, value);
    }

    public bool IsGone { get; set; }

    public int TrySends { get; private set; }

    public int AsyncSends { get; private set; }

    public int LastThread { get; private set; }

    public bool IsCloseSent => Volatile.Read(ref _closesSent) > 0;

    public bool IsFinished => Volatile.Read(ref _finished) > 0;

    public bool IsAborted => Volatile.Read(ref _aborted) > 0;

    public bool IsWaiting
    {
        get { lock (_lock) return _pending is not null; }
    }

    /// <summary>What the write that waits refers to.</summary>
    public ReadOnlyMemory<byte> WaitingBytes
    {
        get { lock (_lock) return _pending!.Bytes; }
    }

    /// <summary>Bytes of a last frame that is not whole yet.</summary>
    public int CutBytes
    {
        get
        {
            Decode(out int cutBytes);
            return cutBytes;
        }
    }

    public List<SentFrame> Frames => Decode(out _);

    /// <summary>All it was sent, where that is an event stream.</summary>
    public string Stream
    {
        get
        {
            lock (_lock)
            {
                Assert.That(_breaches, Is.Empty);
                return System.Text.Encoding.UTF8.GetString([.. _sent]);
            }
        }
    }

    /// <summary>The messages, without control frames.</summary>
    public string[] Messages => [.. Frames.Where(frame => frame.IsMessage).Select(frame => frame.Text)];

    /// <summary>The code of the Close frame; 0 when there is none.</summary>
    public int CloseCode => Frames is [.., { OpCode: OpCode.Close } close] ? close.CloseCode : 0;

    public void Block() => Room = 0;

    /// <summary>Takes everything from now on, what waits first.</summary>
    public void Unblock()
    {
        Room = long.MaxValue;
        CompleteSend();
    }

    /// <summary>Ends the write that waits; what follows finds as much room as there is.</summary>
    public bool CompleteSend(bool sent = true)
    {
        PendingWrite? pending;
        lock (_lock)
        {
            pending = _pending;
            _pending = null;
            if (pending is null)
                return false;
            if (!pending.IsUnchanged)
                _breaches.Add("the bytes of an unfinished write were changed");
            if (sent)
                _sent.AddRange(pending.Copy);
        }
        pending.Complete(sent);
        return true;
    }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        Enter(nameof(TrySend));
        TrySends++;
        OnTrySend?.Invoke();
        int taken = Accept(bytes.Length);
        if (!CanTrySend)
            Breach("TrySend where only whole writes work");
        lock (_lock)
        {
            if (taken > 0)
                _sent.AddRange(bytes[..taken]);
        }
        Leave();
        return taken;
    }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Enter(nameof(SendAsync));
        AsyncSends++;
        int taken = IsGone || Room >= bytes.Length || Take is not null ? Accept(bytes.Length) : 0;
        ValueTask<bool> result;
        lock (_lock)
        {
            if (taken == bytes.Length)
                _sent.AddRange(bytes.Span);
            else if (taken >= 0)
                _pending = new PendingWrite(bytes);
            result = _pending is { } pending ? new ValueTask<bool>(pending.Task) : ValueTask.FromResult(taken >= 0);
        }
        Leave();
        return result;
    }

    public void CloseSent()
    {
        if (Interlocked.Increment(ref _closesSent) > 1)
            Breach("two Closes");
    }

    public void FinishSending()
    {
        if (Interlocked.Increment(ref _finished) > 1)
            Breach("finished twice");
    }

    public void Abort() => Interlocked.Increment(ref _aborted);

    private int Accept(int offered)
    {
        if (IsGone)
            return -1;
        if (Take is not null)
            return Take(offered);
        int taken = (int)Math.Min(Room, offered);
        if (Room != long.MaxValue)
            Room -= taken;
        return taken;
    }

    private void Enter(string what)
    {
        LastThread = Environment.CurrentManagedThreadId;
        if (Interlocked.Increment(ref _senders) != 1)
            Breach("two senders at once");
        if (IsWaiting)
            Breach($"{what} while a write is unfinished");
        if (IsFinished || IsCloseSent)
            Breach($"{what} after the Close");
    }

    private void Leave() => Interlocked.Decrement(ref _senders);

    private void Breach(string what)
    {
        lock (_lock)
        {
            _breaches.Add(what);

            // A sender that breaks the contract again and again would never come back.
            if (_breaches.Count > MostBreaches)
                throw new InvalidOperationException(what);
        }
    }

    private List<SentFrame> Decode(out int cutBytes)
    {
        lock (_lock)
        {
            if (_breaches.Count > 0)
                throw new InvalidOperationException(string.Join("; ", _breaches.Distinct()));
            return Wire.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sent), out cutBytes, Deflates);
        }
    }
}
