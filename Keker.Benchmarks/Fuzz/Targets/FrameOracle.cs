using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// Reads client frames the slow way, from one array, byte for byte in the order of RFC 6455, section 5.2, and fails at the first byte that
/// decides. Shares no code with <see cref="FrameReader"/>.
/// </summary>
internal sealed class FrameOracle
{
    private readonly byte[] _input;
    private readonly FrameLimits _limits;
    private readonly List<FrameRecord> _records = [];
    private readonly List<byte> _message = [];
    private int _at;
    private int _opCode = -1;
    private int _fragments;
    private bool _compressed;

    private FrameOracle(byte[] input, FrameLimits limits)
    {
        _input = input;
        _limits = limits;
    }

    private bool InMessage => _opCode >= 0;

    public static List<FrameRecord> Read(byte[] input, FrameLimits limits)
    {
        FrameOracle oracle = new(input, limits);
        while (oracle.ReadFrame())
        {
        }

        return oracle._records;
    }

    /// <summary>False at the end of the input, after a Close and after a failure.</summary>
    private bool ReadFrame()
    {
        ReadOnlySpan<byte> rest = _input.AsSpan(_at);
        if (rest.IsEmpty) return false;
        int opCode = rest[0] & 0x0F;
        bool final = rest[0] >= 0x80;
        bool control = opCode >= 8;
        int failure = FailureOfFirst(rest[0], opCode, final);
        if (failure != 0) return Fail(failure);

        if (rest.Length < 2) return false;
        if (rest[1] < 0x80) return Fail(1002);
        int shortLength = rest[1] - 0x80;
        if (control && (shortLength > 125 || (opCode == 8 && shortLength == 1))) return Fail(1002);

        int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        failure = FailureOfLength(rest[2..], lengthBytes, shortLength, control ? 125 : _limits.MaxMessageBytes - (InMessage ? _message.Count : 0));
        if (failure != 0) return Fail(failure);

        int headerLength = 2 + lengthBytes + 4;
        if (rest.Length < headerLength) return false;
        int length = lengthBytes == 0 ? shortLength : Convert.ToInt32(Convert.ToHexString(rest.Slice(2, lengthBytes)), 16);
        byte[] payload = [.. rest[headerLength..][..Math.Min(length, rest.Length - headerLength)]];
        for (int i = 0; i < payload.Length; i++) payload[i] ^= rest[headerLength - 4 + i % 4];
        _at += headerLength + payload.Length;
        bool whole = payload.Length == length;
        if (control) return whole && EndControl(opCode, payload);
        return TakeData(opCode, (rest[0] & 0x40) != 0, payload, ends: final && whole) && whole;
    }

    private int FailureOfFirst(byte first, int opCode, bool final)
    {
        bool begins = opCode is 1 or 2;
        if ((first & 0x30) != 0) return 1002;
        if ((first & 0x40) != 0 && !(begins && _limits.AllowCompressed)) return 1002;
        if (opCode is (> 2 and < 8) or > 10) return 1002;
        if (opCode >= 8) return final ? 0 : 1002;
        if (begins == InMessage) return 1002;
        return opCode == 0 && _fragments == _limits.MaxFragments ? 1008 : 0;
    }

    /// <summary>With the bytes that are there, followed by zeros or by ones, the length is at least and at most what it can become.</summary>
    private static int FailureOfLength(ReadOnlySpan<byte> bytes, int count, int shortLength, long left)
    {
        if (count == 0) return shortLength > left ? 1009 : 0;
        for (int known = 1; known <= Math.Min(count, bytes.Length); known++)
        {
            string digits = Convert.ToHexString(bytes[..known]);
            ulong least = Convert.ToUInt64(digits.PadRight(2 * count, '0'), 16);
            ulong most = Convert.ToUInt64(digits.PadRight(2 * count, 'F'), 16);
            if (least > long.MaxValue || most < (count == 2 ? 126ul : 65536ul)) return 1002;
            if (left < 0 || least > (ulong)left) return 1009;
        }

        return 0;
    }

    private bool EndControl(int opCode, byte[] payload)
    {
        if (opCode == 8) return EndConnection(payload);
        _records.Add(new FrameRecord(opCode == 9 ? FrameEvent.Ping : FrameEvent.Pong, 0, false, payload));
        return true;
    }

    private bool EndConnection(byte[] payload)
    {
        int code = payload.Length == 0 ? 1005 : payload[0] * 256 + payload[1];
        bool mayBeSent = code is 1000 or 1001 or 1002 or 1003 or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
        if (payload.Length > 0 && !mayBeSent) return Fail(1002);
        if (payload.Length > 2 && !SlowUtf8.IsText(payload.AsSpan(2), whole: true)) return Fail(1007);
        _records.Add(new FrameRecord(FrameEvent.Close, code, false, payload));
        return false;
    }

    private bool TakeData(int opCode, bool compressed, byte[] payload, bool ends)
    {
        if (opCode != 0)
        {
            _opCode = opCode;
            _compressed = compressed;
            _fragments = 0;
            _message.Clear();
        }

        _fragments++;
        _message.AddRange(payload);
        if (_opCode == 1 && !_compressed && !SlowUtf8.IsText([.. _message], whole: ends)) return Fail(1007);
        if (!ends) return true;
        _records.Add(new FrameRecord(_opCode == 1 ? FrameEvent.Text : FrameEvent.Binary, 0, _compressed, [.. _message]));
        _opCode = -1;
        return true;
    }

    private bool Fail(int code)
    {
        _records.Add(new FrameRecord(FrameEvent.Failed, code, false, []));
        return false;
    }
}
