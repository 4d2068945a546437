using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Load.Framing;

/// <summary>
/// Takes the frames of a server (RFC 6455 5.2) apart, at any split of the input, without copying their payload. Servers do not mask (5.1), and no
/// extension is ever negotiated here. For one connection; a mutable struct, not to be copied.
/// </summary>
internal struct FrameScanner
{
    private const int MaxControlPayload = 125;
    private const byte FinalBit = 0x80;
    private const byte ReservedBits = 0x70;
    private const byte MaskBit = 0x80;
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    private HeadBytes _head;
    private byte _headLength;
    private OpCode _opCode;
    private bool _isFinal;
    private bool _isInFrame;
    private bool _isInMessage;
    private byte _controlLength;
    private byte[]? _control;
    private long _left;

    /// <summary>After <see cref="ScanResult.Data"/>: whether the bytes end their message.</summary>
    public readonly bool IsEndOfMessage => _isFinal && _left == 0;

    /// <summary>Goes on to the next piece.</summary>
    /// <param name="input">What was received; shortened by what was used.</param>
    /// <param name="bytes">With <see cref="ScanResult.Data"/> the part of a payload that is there, maybe empty; the whole payload of a control frame.
    /// Good until the input is overwritten or the next call.</param>
    public ScanResult Next(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!_isInFrame)
        {
            if (!TryReadHead(ref input, out bool isSound))
                return ScanResult.NeedMore;
            if (!isSound)
                return ScanResult.Malformed;
            _isInFrame = true;
            if (_left == 0 && _opCode < OpCode.Close)
            {
                _isInFrame = false;
                return ScanResult.Data;
            }
        }

        if (_opCode >= OpCode.Close)
            return TakeControl(ref input, out bytes);
        if (input.IsEmpty)
            return ScanResult.NeedMore;
        int length = (int)Math.Min(_left, input.Length);
        bytes = input[..length];
        input = input[length..];
        _left -= length;
        _isInFrame = _left > 0;
        return ScanResult.Data;
    }

    /// <summary>Takes back the last bytes of the piece that <see cref="Next"/> gave; the caller gives them as input again.</summary>
    public void PutBack(int length)
    {
        _left += length;
        _isInFrame = _left > 0;
    }

    private ScanResult TakeControl(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> payload)
    {
        int length = (int)_left;
        if (_controlLength == 0 && input.Length >= length)
        {
            payload = input[..length];
            input = input[length..];
        }
        else
        {
            _control ??= new byte[MaxControlPayload];
            int part = Math.Min(length - _controlLength, input.Length);
            input[..part].CopyTo(_control.AsSpan(_controlLength));
            input = input[part..];
            _controlLength += (byte)part;
            payload = _control.AsSpan(0, _controlLength);
            if (_controlLength < length)
                return ScanResult.NeedMore;
        }
        _isInFrame = false;
        _controlLength = 0;
        // The message that it came between goes on with a head of its own.
        _left = 0;
        return _opCode switch { OpCode.Ping => ScanResult.Ping, OpCode.Pong => ScanResult.Pong, _ => ScanResult.Close };
    }

    /// <returns>Whether a head is complete.</returns>
    private bool TryReadHead(ref ReadOnlySpan<byte> input, out bool isSound)
    {
        isSound = false;
        if (_headLength == 0 && input.Length >= 2 && input.Length >= LengthOfHead(input[1]))
        {
            int length = LengthOfHead(input[1]);
            isSound = Parse(input[..length]);
            input = input[length..];
            return true;
        }
        Span<byte> head = _head;
        while (!input.IsEmpty)
        {
            head[_headLength++] = input[0];
            input = input[1..];
            if (_headLength < 2 || _headLength < LengthOfHead(head[1]))
                continue;
            isSound = Parse(head[.._headLength]);
            _headLength = 0;
            return true;
        }
        return false;
    }

    private static int LengthOfHead(byte second) => (second & ~MaskBit) switch { Length16 => 4, Length64 => 10, _ => 2 };

    private bool Parse(ReadOnlySpan<byte> head)
    {
        if ((head[0] & ReservedBits) != 0 || (head[1] & MaskBit) != 0)
            return false;
        _opCode = (OpCode)(head[0] & 0x0F);
        bool isFinal = (head[0] & FinalBit) != 0;
        _left = head.Length switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            10 => BinaryPrimitives.ReadInt64BigEndian(head[2..]),
            _ => head[1],
        };
        switch (_opCode)
        {
            case OpCode.Close or OpCode.Ping or OpCode.Pong:
                return isFinal && _left <= MaxControlPayload;
            case OpCode.Text or OpCode.Binary when !_isInMessage:
            case OpCode.Continuation when _isInMessage:
                _isFinal = isFinal;
                _isInMessage = !isFinal;
                return _left >= 0;
            default:
                return false;
        }
    }

    [InlineArray(10)]
    private struct HeadBytes
    {
        private byte _first;
    }
}
