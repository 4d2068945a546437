using System.Buffers.Text;
using System.Text;

namespace Keker.Benchmarks.Load.Framing;

/// <summary>Reads answers to publishes: the status counts, the body is skipped.</summary>
internal static class AnswerReader
{
    private const int StatusAt = 9;

    private static ReadOnlySpan<byte> ContentLength => "Content-Length:"u8;

    /// <summary>Takes one answer from the front of the input.</summary>
    /// <param name="input">Shortened by the answer when it is complete.</param>
    /// <param name="status">The status, or 0 with an answer that is not understood; answers need a Content-Length.</param>
    /// <returns>False when more input is needed; the input is as it was.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> input, out int status)
    {
        status = 0;
        int headLength = input.IndexOf("\r\n\r\n"u8);
        if (headLength < 0)
            return false;
        ReadOnlySpan<byte> head = input[..headLength];
        long bodyLength = -1;
        for (ReadOnlySpan<byte> rest = head; !rest.IsEmpty;)
        {
            int end = rest.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 2)..];
            if (line.Length > ContentLength.Length && Ascii.EqualsIgnoreCase(line[..ContentLength.Length], ContentLength)
                && Utf8Parser.TryParse(line[ContentLength.Length..].TrimStart((byte)' '), out long length, out _))
            {
                bodyLength = length;
            }
        }
        if (bodyLength < 0 || !head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[StatusAt..], out status, out _))
        {
            status = 0;
            input = default;
            return true;
        }
        if (input.Length - headLength - 4 < bodyLength)
            return false;
        input = input[(headLength + 4 + (int)bodyLength)..];
        return true;
    }
}
