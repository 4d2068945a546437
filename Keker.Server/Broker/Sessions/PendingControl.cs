using System.Buffers.Binary;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker.Sessions;

/// <summary>The ping and the pong that a session still has to send: one of each at most, so that no peer can make them pile up.</summary>
/// <remarks>
/// Notes are left by any thread and taken by the owner of the session's gate. A mutable struct: keep it in a field.
/// A ping carries its number and a secret of the session, 4 bytes each: an answer proves that the ping has arrived.
/// </remarks>
internal struct PendingControl()
{
    private const int PingPayloadLength = 2 * sizeof(uint);

    private readonly uint _secret = (uint)Random.Shared.Next();
    private byte[]? _pong;
    private bool _pingDue;
    private uint _pings;

    /// <summary>The number that the latest ping carried; 0 before the first.</summary>
    public readonly uint LatestPing => Volatile.Read(in _pings);

    /// <summary>True when a frame is due.</summary>
    public readonly bool IsAnyDue => Volatile.Read(in _pong) is not null || Volatile.Read(in _pingDue);

    /// <summary>Notes a pong; when several wait the latest is sent (RFC 6455 5.5.3).</summary>
    /// <param name="payload">At most 125 bytes; copied.</param>
    public void AddPong(ReadOnlySpan<byte> payload) => Volatile.Write(ref _pong, payload.ToArray());

    /// <summary>Notes a ping.</summary>
    public void AddPing() => Volatile.Write(ref _pingDue, true);

    /// <summary>Whether a pong answers a ping of this session.</summary>
    /// <param name="payload">What the pong carried.</param>
    /// <param name="ping">The number of the ping, 1 up to <see cref="LatestPing"/>.</param>
    public readonly bool IsAnswer(ReadOnlySpan<byte> payload, out uint ping)
    {
        ping = 0;
        if (payload.Length != PingPayloadLength || BinaryPrimitives.ReadUInt32BigEndian(payload[sizeof(uint)..]) != _secret)
            return false;
        ping = BinaryPrimitives.ReadUInt32BigEndian(payload);
        return ping > 0 && ping <= LatestPing;
    }

    /// <summary>Writes the pong that is due.</summary>
    /// <param name="frame">At least <see cref="FrameWriter.MaxControlFrameLength"/> bytes.</param>
    /// <returns>Its length; 0 when none is due.</returns>
    public int TakePong(Span<byte> frame)
    {
        if (Volatile.Read(ref _pong) is not null && Interlocked.Exchange(ref _pong, null) is { } pong)
            return FrameWriter.WriteControl(frame, OpCode.Pong, pong);
        return 0;
    }

    /// <summary>Takes the note of a ping, for <see cref="WritePing"/> to follow.</summary>
    /// <param name="mayPing">False while the last ping has no answer: a noted one is forgotten.</param>
    /// <returns>True when one is to go out.</returns>
    public bool TryTakePing(bool mayPing)
    {
        // In one step: a note that is left in between is not lost.
        return Volatile.Read(ref _pingDue) && Interlocked.Exchange(ref _pingDue, false) && mayPing;
    }

    /// <summary>Writes a ping, due or not.</summary>
    /// <param name="frame">At least <see cref="FrameWriter.MaxControlFrameLength"/> bytes.</param>
    /// <returns>Its length.</returns>
    public int WritePing(Span<byte> frame)
    {
        Volatile.Write(ref _pingDue, false);
        Span<byte> payload = stackalloc byte[PingPayloadLength];
        uint ping = _pings + 1;
        BinaryPrimitives.WriteUInt32BigEndian(payload, ping);
        BinaryPrimitives.WriteUInt32BigEndian(payload[sizeof(uint)..], _secret);

        // Before it is on the wire: the answer may be there before the send has returned.
        Volatile.Write(ref _pings, ping);
        return FrameWriter.WriteControl(frame, OpCode.Ping, payload);
    }

    /// <summary>The ping that was written last has not gone out: its number is free again.</summary>
    public void TakeBackPing() => Volatile.Write(ref _pings, _pings - 1);
}
