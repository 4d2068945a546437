using System.Globalization;
using System.Text;
using Keker.Protocol.Http;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// Decodes a chunked body the slow way, as Latin-1 text in whole lines (RFC 9112, section 7.1). Shares no code with <see cref="ChunkedDecoder"/>.
/// </summary>
internal sealed class ChunkOracle
{
    private const string Crlf = "\r\n";
    private readonly StringBuilder _body = new();
    private readonly string _text;
    private int _at;

    /// <param name="latin1">The body as on the wire and what follows it.</param>
    /// <param name="limit">Most bytes of data.</param>
    /// <param name="fields">Field lines that the head has used up of what it shares with the trailers.</param>
    /// <param name="fieldBytes">Bytes of them.</param>
    public ChunkOracle(string latin1, long limit, int fields, int fieldBytes)
    {
        _text = latin1;
        Verdict = ReadChunks(limit);
        if (Verdict == OracleVerdict.Complete) Verdict = ReadTrailers(HttpLimits.MaxHeaders - fields, HttpLimits.MaxHeaderBlock - fieldBytes);
    }

    public OracleVerdict Verdict { get; }

    /// <summary>The data up to where the input ends or is refused.</summary>
    public string Body => _body.ToString();

    /// <summary>Where the message ends, when Complete.</summary>
    public int Length => _at;

    private OracleVerdict ReadChunks(long limit)
    {
        int extensionBytes = 0;
        for (long chunks = 1; ; chunks++)
        {
            if (ReadLine() is not { } line) return OracleVerdict.Incomplete;
            string digits = string.Concat(line.TakeWhile(char.IsAsciiHexDigit));
            string extensions = line[digits.Length..];
            extensionBytes += extensions.Length;
            if (digits.Length is 0 or > 8 || extensionBytes > 1024) return OracleVerdict.Refused;
            if (!HttpPatterns.ChunkExtensions.IsMatch(extensions)) return OracleVerdict.Refused;

            long size = long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0) return OracleVerdict.Complete;
            if (size > limit - _body.Length || chunks > HttpLimits.MaxChunks(limit)) return OracleVerdict.Refused;

            string data = _text[_at..(int)Math.Min(_text.Length, _at + size)];
            _body.Append(data);
            _at += data.Length;
            if (_text.Length - _at < 2) return OracleVerdict.Incomplete;
            if (_text.Substring(_at, 2) != Crlf) return OracleVerdict.Refused;
            _at += 2;
        }
    }

    private OracleVerdict ReadTrailers(int fieldsLeft, int bytesLeft)
    {
        while (ReadLine() is { } line)
        {
            if (line.Length == 0) return OracleVerdict.Complete;
            bytesLeft -= line.Length + 2;
            if (--fieldsLeft < 0 || bytesLeft < 0 || !HttpPatterns.FieldLine.IsMatch(line)) return OracleVerdict.Refused;
        }

        return OracleVerdict.Incomplete;
    }

    private string? ReadLine()
    {
        int end = _text.IndexOf(Crlf, _at, StringComparison.Ordinal);
        if (end < 0) return null;
        string line = _text[_at..end];
        _at = end + 2;
        return line;
    }
}
