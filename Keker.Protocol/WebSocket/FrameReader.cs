using System.Buffers;
using System.Runtime.CompilerServices;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Reads the frames of one peer (RFC 6455 5), of a client unless told otherwise, resumable at every byte and without a buffer: message payload
/// goes unmasked straight into the caller's sink, and what cannot be decided yet stays in the caller's input, at most
/// 130 bytes. What is reported does not depend on how the input was cut into pieces, and everything that came before a
/// broken rule is reported before it. About 48 bytes on the heap. Not thread-safe: one per connection, used by its reader.
/// </summary>
public sealed class FrameReader
{
    // Pieces of this size stay in the first-level cache between unmasking and validation.
    private const int Piece = 16 * 1024;

    // Text that nobody wants is unmasked here for validation.
    private const int Scratch = 1024;

    [Flags]
    private enum State : byte
    {
        None = 0,
        AllowCompressed = 1,
        InMessage = 2,
        LastFrame = 4,
        Text = 8,
        Compressed = 16,
        Closed = 32,
        FromServer = 64,
    }

    private int _fragments;
    private int _messageLength;
    private int _frameRemaining;
    private uint _key;
    private Utf8Validator _utf8;
    private State _state;
    private FrameFailure _failure;

    /// <summary>Creates a reader for the first byte after the handshake.</summary>
    /// <param name="maxMessageBytes">See <see cref="MaxMessageBytes"/>.</param>
    /// <param name="maxFragments">See <see cref="MaxFragments"/>.</param>
    /// <param name="allowCompressed">Whether permessage-deflate was negotiated, which gives RSV1 a meaning (RFC 7692 6).</param>
    /// <param name="fromServer">Whether the peer is a server, which must not mask (RFC 6455 5.1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of range.</exception>
    public FrameReader(int maxMessageBytes, int maxFragments, bool allowCompressed = false, bool fromServer = false) =>
        Reset(maxMessageBytes, maxFragments, allowCompressed, fromServer);

    /// <summary>Begins anew, as a reader that was created with these parameters.</summary>
    /// <inheritdoc cref="FrameReader(int, int, bool, bool)"/>
    public void Reset(int maxMessageBytes, int maxFragments, bool allowCompressed = false, bool fromServer = false)
    {
        MaxMessageBytes = maxMessageBytes;
        MaxFragments = maxFragments;
        _fragments = 0;
        _messageLength = 0;
        _frameRemaining = 0;
        _utf8 = default;
        _state = (allowCompressed ? State.AllowCompressed : State.None) | (fromServer ? State.FromServer : State.None);
        _failure = FrameFailure.None;
        CloseCode = 0;
    }

    /// <summary>
    /// Largest message payload in bytes, 0 or more, over all fragments and as on the wire (a compressed message counts
    /// compressed). Above it: 1009, from the frame header alone. A change applies from the next frame header on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxMessageBytes { get; set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value)); }

    /// <summary>
    /// Most frames that one message may come in, 1 or more, empty ones included. Above it: 1008. A change applies from the
    /// next frame header on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaxFragments { get; set => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value)); }

    /// <summary>Whether the next byte begins a message or a control frame, and neither a Close nor a broken rule has come.</summary>
    public bool IsBetweenMessages => _frameRemaining == 0 && !Has(State.InMessage | State.Closed) && _failure == FrameFailure.None;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool InMessage => Has(State.InMessage);

    /// <summary>
    /// Payload bytes of the last message, or of the frames begun so far while <see cref="InMessage"/>, as announced by their
    /// headers.
    /// </summary>
    public long MessageLength => _messageLength;

    /// <summary>
    /// Whether that message is deflated (RSV1 on its first frame). Its UTF-8 is then left to the caller, after inflating.
    /// </summary>
    public bool MessageCompressed => Has(State.Compressed);

    /// <summary>After <see cref="FrameEvent.Close"/>: the peer's code, or 1005 when its Close had none; before it 0.</summary>
    public ushort CloseCode { get; private set; }

    /// <summary>After <see cref="FrameEvent.Failed"/>: the close code to answer; before it 0.</summary>
    public ushort FailureCode => FrameFailures.Code(_failure);

    /// <summary>After <see cref="FrameEvent.Failed"/>: a short ASCII reason for the Close frame; before it empty.</summary>
    public ReadOnlySpan<byte> FailureReason => FrameFailures.Reason(_failure);

    /// <summary>
    /// Reads up to the next event. Call it in a loop until it answers <see cref="FrameEvent.NeedMore"/>,
    /// <see cref="FrameEvent.Close"/> or <see cref="FrameEvent.Failed"/>; allocates nothing itself.
    /// </summary>
    /// <param name="input">
    /// What has arrived and was not consumed; its start moves over what is consumed now. Control frames and headers are
    /// consumed only whole: on <see cref="FrameEvent.NeedMore"/> offer the rest again together with the bytes that follow.
    /// </param>
    /// <param name="sink">
    /// Gets message payload as it comes, also of unfinished messages, never asked for more than has arrived. The same one
    /// from the first byte of a message to its event. Null: payload is checked and dropped. Holds an unspecified part of the
    /// message after <see cref="FrameEvent.Failed"/>.
    /// </param>
    /// <param name="control">At least 125 bytes; gets the payload of a control frame. For a Close with a code, that code in
    /// two bytes and then the reason.</param>
    /// <param name="controlLength">Bytes in <paramref name="control"/>; 0 unless the event is Ping, Pong or Close.</param>
    /// <returns>
    /// What happened. After Close every call answers NeedMore and after Failed every call answers Failed; neither consumes
    /// anything.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="control"/> is too short.</exception>
    public FrameEvent Read(ref ReadOnlySequence<byte> input, IBufferWriter<byte>? sink, Span<byte> control, out int controlLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(control.Length, FrameWriter.MaxControlPayload, nameof(control));
        controlLength = 0;
        if (_failure != FrameFailure.None) return FrameEvent.Failed;
        if (Has(State.Closed)) return FrameEvent.NeedMore;

        while (true)
        {
            if (_frameRemaining == 0)
            {
                if (!TryReadHeader(input, out FrameHeader header, out FrameFailure failure))
                    return failure == FrameFailure.None ? FrameEvent.NeedMore : Fail(failure);
                if (header.IsControl)
                    return ReadControl(ref input, header, control, out controlLength);
                input = input.Slice(header.Length);
                BeginFrame(header);
            }

            if (_frameRemaining != 0)
            {
                if (!ReadPayload(ref input, sink)) return Fail(FrameFailure.TextNotUtf8);
                if (_frameRemaining != 0) return FrameEvent.NeedMore;
            }

            if (Has(State.LastFrame)) return EndMessage();
        }
    }

    /// <summary>Instead of <see cref="Read"/> once the connection is being closed: skips what comes, unchecked, up to the peer's Close.</summary>
    /// <returns>True once a Close has come, here or before, valid or not: what follows it does not matter.</returns>
    public bool SkipToClose(ref ReadOnlySequence<byte> input)
    {
        if (!Has(State.Closed) && FrameSkipper.TrySkipToClose(ref input, ref _frameRemaining)) _state |= State.Closed;
        return Has(State.Closed);
    }

    private bool TryReadHeader(in ReadOnlySequence<byte> input, out FrameHeader header, out FrameFailure failure)
    {
        var rules = new FrameRules(
            InMessage,
            MaxFragments - _fragments,
            InMessage ? (long)MaxMessageBytes - _messageLength : MaxMessageBytes,
            Has(State.AllowCompressed),
            Has(State.FromServer));

        ReadOnlySpan<byte> first = input.FirstSpan;
        if (first.Length >= FrameHeader.MaxLength || input.IsSingleSegment)
            return FrameHeader.TryRead(first, rules, out header, out failure);

        Span<byte> joined = stackalloc byte[FrameHeader.MaxLength];
        int length = (int)Math.Min(input.Length, FrameHeader.MaxLength);
        input.Slice(0, length).CopyTo(joined);
        return FrameHeader.TryRead(joined[..length], rules, out header, out failure);
    }

    private FrameEvent ReadControl(ref ReadOnlySequence<byte> input, in FrameHeader header, Span<byte> control, out int controlLength)
    {
        controlLength = 0;
        int length = header.PayloadLength;
        if (input.Length < header.Length + length) return FrameEvent.NeedMore;

        Span<byte> payload = control[..length];
        input.Slice(header.Length, length).CopyTo(payload);
        input = input.Slice(header.Length + length);
        Masking.Apply(payload, payload, header.Key, phase: 0);

        FrameEvent result = header.OpCode switch { OpCode.Ping => FrameEvent.Ping, OpCode.Pong => FrameEvent.Pong, _ => FrameEvent.Close };
        if (result == FrameEvent.Close)
        {
            _state |= State.Closed;
            FrameFailure failure = ClosePayload.Read(payload, out ushort code);
            if (failure != FrameFailure.None) return Fail(failure);
            CloseCode = code;
        }

        controlLength = length;
        return result;
    }

    private void BeginFrame(in FrameHeader header)
    {
        if (header.OpCode != OpCode.Continuation)
        {
            _fragments = 0;
            _messageLength = 0;
            _state = (_state & (State.AllowCompressed | State.FromServer)) | State.InMessage;
            if (header.OpCode == OpCode.Text) _state |= State.Text;
            if (header.IsCompressed) _state |= State.Compressed;
        }

        _fragments++;
        _messageLength += header.PayloadLength;
        _frameRemaining = header.PayloadLength;
        _key = header.Key;
        if (header.IsFinal) _state |= State.LastFrame;
    }

    /// <summary>Consumes what has arrived of the frame's payload. False for text that is not UTF-8.</summary>
    private bool ReadPayload(ref ReadOnlySequence<byte> input, IBufferWriter<byte>? sink)
    {
        ReadOnlySpan<byte> first = input.FirstSpan;
        if (first.Length >= _frameRemaining)
        {
            int whole = _frameRemaining;
            bool valid = Take(first[..whole], sink);
            input = input.Slice(whole);
            return valid;
        }

        int remaining = _frameRemaining;
        bool isValid = true;
        foreach (ReadOnlyMemory<byte> segment in input.Slice(0, Math.Min(input.Length, remaining)))
            if (!(isValid = Take(segment.Span, sink))) break;
        input = input.Slice(remaining - _frameRemaining);
        return isValid;
    }

    private bool Take(ReadOnlySpan<byte> masked, IBufferWriter<byte>? sink)
    {
        bool validate = (_state & (State.Text | State.Compressed)) == State.Text;
        _frameRemaining -= masked.Length;
        if (sink is null) return !validate || ValidateDropped(masked);

        while (!masked.IsEmpty)
        {
            int length = Math.Min(masked.Length, Piece);
            Span<byte> plain = sink.GetSpan(length)[..length];
            Unmask(masked[..length], plain);
            if (validate && !_utf8.Append(plain)) return false;
            sink.Advance(length);
            masked = masked[length..];
        }

        return true;
    }

    [SkipLocalsInit]
    private bool ValidateDropped(ReadOnlySpan<byte> masked)
    {
        Span<byte> scratch = stackalloc byte[Scratch];
        while (!masked.IsEmpty)
        {
            int length = Math.Min(masked.Length, Scratch);
            Unmask(masked[..length], scratch);
            if (!_utf8.Append(scratch[..length])) return false;
            masked = masked[length..];
        }

        return true;
    }

    /// <summary>Turns the key along with the payload, so that the reader need not remember its position in the frame.</summary>
    private void Unmask(ReadOnlySpan<byte> masked, Span<byte> plain)
    {
        Masking.Apply(masked, plain, _key, phase: 0);
        _key = Masking.Advance(_key, (nuint)masked.Length);
    }

    private FrameEvent EndMessage()
    {
        if (!_utf8.IsComplete) return Fail(FrameFailure.TextNotUtf8);
        _state &= ~(State.InMessage | State.LastFrame);
        return Has(State.Text) ? FrameEvent.Text : FrameEvent.Binary;
    }

    private FrameEvent Fail(FrameFailure failure)
    {
        _failure = failure;
        return FrameEvent.Failed;
    }

    private bool Has(State state) => (_state & state) != 0;
}
