using System.Buffers;
using System.Text.Unicode;
using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.FanOut;

namespace Keker.Server.Broker;

/// <summary>
/// One accepted message, stored as the WebSocket frame that subscribers receive: header and payload in one array, so that a
/// message alone in its batch, and the rest of a frame that a slow reader took in part, are sent without a copy.
/// </summary>
/// <remarks>Immutable once accepted, and shared by every log and pending write that refers to it; the garbage collector owns the array.</remarks>
internal sealed class Publication
{
    /// <summary>What a publication costs beside its frame: this object, the array's header, a log slot. In bytes.</summary>
    private const int Overhead = 96;

    private byte[]? _deflated;
    private SharedFrames? _shared;
    private volatile bool _isDeflated;

    private Publication(byte[] frame, int headerLength, OpCode opCode)
    {
        Frame = frame;
        HeaderLength = headerLength;
        OpCode = opCode;
    }

    /// <summary>The whole frame: FIN, unmasked, minimal length (RFC 6455 5.2), then the payload.</summary>
    public byte[] Frame { get; }

    /// <summary>Bytes of the frame before the payload.</summary>
    public int HeaderLength { get; }

    /// <summary>Text when the payload is valid UTF-8 and was not declared binary, else Binary.</summary>
    public OpCode OpCode { get; }

    /// <summary>The Idempotency-Key with which it was published; null for none. Set before it is accepted.</summary>
    public byte[]? Key { get; set; }

    /// <summary>The payload as it was published.</summary>
    public ReadOnlySpan<byte> Payload => Frame.AsSpan(HeaderLength);

    /// <summary>The frame with the payload deflated (RFC 7692), made at most once and shared by everybody who negotiated it.</summary>
    /// <param name="mostBytes">Larger payloads are not deflated now; what another thread has deflated is returned all the same.</param>
    /// <returns>Null when the plain frame is to be sent.</returns>
    public byte[]? GetDeflated(int mostBytes)
    {
        if (!_isDeflated && Payload.Length <= mostBytes)
        {
            lock (Frame)
            {
                if (!_isDeflated)
                    _deflated = Deflater.TryDeflateFrame(OpCode, Payload);
                _isDeflated = true;
            }
        }
        return _isDeflated ? _deflated : null;
    }

    /// <summary>The frames that depend on the topic; of large publications only.</summary>
    public SharedFrames Shared => Volatile.Read(ref _shared) ?? Interlocked.CompareExchange(ref _shared, new SharedFrames(), null) ?? _shared;

    /// <summary>A topic accepts it.</summary>
    /// <param name="now">Milliseconds of the monotonic clock.</param>
    /// <param name="timeToLive">The time that its publisher gives it; null where it gives none.</param>
    public void Accept(long now, TimeSpan? timeToLive)
    {
        AcceptedAt = now;

        // Nothing means that it has no time of its own.
        if (timeToLive is { } time)
            ExpiresAt = Math.Max(1, now + (long)time.TotalMilliseconds);
    }

    /// <summary>When its topic accepted it, in milliseconds of the monotonic clock. Where it has several topics, the last one to accept it: the others keep it longer by the time it waited.</summary>
    public long AcceptedAt { get; set; }

    /// <summary>When the time is up that its publisher gave it, in milliseconds of the monotonic clock; 0 where it gave none.</summary>
    public long ExpiresAt { get; private set; }

    /// <summary>Whether its publisher has said how long it is good for: that its time is up is then no loss.</summary>
    public bool HasOwnTime => ExpiresAt != 0;

    /// <summary>Bytes that this publication counts for against every memory bound.</summary>
    public int Cost => Frame.Length + Overhead;

    /// <summary>Copies a body once, into the frame that will be sent.</summary>
    /// <param name="body">The payload; no longer needed afterwards.</param>
    /// <param name="binary">True when the publisher declared it to be bytes, not text.</param>
    public static Publication Create(in ReadOnlySequence<byte> body, bool binary)
    {
        byte[] frame = NewFrame(checked((int)body.Length), out int headerLength);
        body.CopyTo(frame.AsSpan(headerLength));
        return Create(frame, headerLength, binary);
    }

    /// <summary>The same for a body in one piece.</summary>
    public static Publication Create(ReadOnlySpan<byte> body, bool binary)
    {
        byte[] frame = NewFrame(body.Length, out int headerLength);
        body.CopyTo(frame.AsSpan(headerLength));
        return Create(frame, headerLength, binary);
    }

    private static byte[] NewFrame(int length, out int headerLength)
    {
        headerLength = FrameWriter.HeaderLength(length);
        return GC.AllocateUninitializedArray<byte>(headerLength + length);
    }

    private static Publication Create(byte[] frame, int headerLength, bool binary)
    {
        ReadOnlySpan<byte> payload = frame.AsSpan(headerLength);

        // A browser fails the connection on a text frame that is not UTF-8 (RFC 6455 8.1): one bad body would cut off every reader.
        OpCode opCode = !binary && Utf8.IsValid(payload) ? OpCode.Text : OpCode.Binary;
        FrameWriter.WriteHeader(frame, opCode, payload.Length);
        return new Publication(frame, headerLength, opCode);
    }
}
