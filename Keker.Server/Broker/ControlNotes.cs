using System.Buffers.Binary;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker;

/// <summary>The ping and the pong that a session still has to send: one of each at most, so that no peer can make them pile up.</summary>
/// <remarks>
/// Notes are left by any thread and taken by the owner of the session's gate. A mutable struct: keep it in a field.
/// </remarks>
internal struct ControlNotes
{
    private byte[]? _pong;
    private bool _pingDue;
    private uint _pings;

    /// <summary>The number that the latest ping carried; 0 before the first.</summary>
    public uint LatestPing => Volatile.Read(ref _pings);

    /// <summary>Notes a pong; when several wait the latest is sent (RFC 6455 5.5.3).</summary>
    /// <param name="payload">At most 125 bytes; copied.</param>
    public void AddPong(ReadOnlySpan<byte> payload) => Volatile.Write(ref _pong, payload.ToArray());

    /// <summary>Notes a ping.</summary>
    public void AddPing() => Volatile.Write(ref _pingDue, true);

    /// <summary>Writes the next frame that is due.</summary>
    /// <param name="frame">At least <see cref="FrameWriter.MaxControlFrameLength"/> bytes.</param>
    /// <returns>Its length; 0 when none is due.</returns>
    public int Take(Span<byte> frame)
    {
        if (Volatile.Read(ref _pong) is not null && Interlocked.Exchange(ref _pong, null) is { } pong)
            return FrameWriter.WriteControl(frame, OpCode.Pong, pong);
        if (!Volatile.Read(ref _pingDue))
            return 0;
        Volatile.Write(ref _pingDue, false);
        Span<byte> number = stackalloc byte[sizeof(uint)];
        uint ping = _pings + 1;
        BinaryPrimitives.WriteUInt32BigEndian(number, ping);
        Volatile.Write(ref _pings, ping);
        return FrameWriter.WriteControl(frame, OpCode.Ping, number);
    }
}
