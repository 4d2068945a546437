using System.Buffers.Text;
using System.Text;
using Keker.Protocol.Http;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// The server's answer to an <see cref="UpgradeRequest"/>, as a client checks it (RFC 6455 4.1): a proxy or a server that is none must not pass for one.
/// Pure; refers to nothing once it is made.
/// </summary>
public readonly struct UpgradeAnswer
{
    /// <summary>What the answer is.</summary>
    public enum Result : byte
    {
        /// <summary>The head is not whole yet: call again when more has arrived.</summary>
        NeedMore,

        /// <summary>101, and all that belongs to it: frames follow.</summary>
        Accepted,

        /// <summary>Another status.</summary>
        Refused,

        /// <summary>No HTTP/1.1, or a 101 that does not answer this request.</summary>
        Malformed,
    }

    private static ReadOnlySpan<byte> Version => "HTTP/1.1 "u8;

    private UpgradeAnswer(Result kind) => Kind = kind;

    /// <summary>What it is.</summary>
    public Result Kind { get; }

    /// <summary>The status, 100 to 999, where the head is whole and well-formed; else 0.</summary>
    public int Status { get; private init; }

    /// <summary>Bytes of the head.</summary>
    public int HeadLength { get; private init; }

    /// <summary>Bytes of the body that Content-Length announces; 0 without one.</summary>
    public int ContentLength { get; private init; }

    /// <summary>Reads an answer.</summary>
    /// <param name="bytes">What has arrived, from the first byte.</param>
    /// <param name="key24">The key that was sent.</param>
    /// <param name="subProtocol">The sub-protocol that was offered, and has to be taken.</param>
    public static UpgradeAnswer Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> key24, ReadOnlySpan<byte> subProtocol)
    {
        int line = bytes.IndexOf("\r\n"u8);
        if (line < 0)
            return new UpgradeAnswer(Result.NeedMore);
        int digits = Version.Length;
        if (!bytes.StartsWith(Version) || line < digits + 3 || !Utf8Parser.TryParse(bytes.Slice(digits, 3), out ushort status, out int used) || used != 3 || status < 100)
            return new UpgradeAnswer(Result.Malformed);
        return ReadFields(bytes, line + 2, status, key24, subProtocol);
    }

    private static UpgradeAnswer ReadFields(ReadOnlySpan<byte> bytes, int at, int status, ReadOnlySpan<byte> key24, ReadOnlySpan<byte> subProtocol)
    {
        Span<byte> accept = stackalloc byte[AcceptKey.AcceptLength];
        AcceptKey.Write(key24, accept);
        bool upgrades = false, connects = false, offeredNothingElse = true;
        int accepts = 0, protocols = 0, wrong = 0, contentLength = 0;
        while (!bytes[at..].StartsWith("\r\n"u8))
        {
            ParseStatus parsed = FieldLine.Read(bytes, at, out FieldLine field, out _);
            if (parsed != ParseStatus.Complete)
                return new UpgradeAnswer(parsed == ParseStatus.NeedMore || bytes[at..].SequenceEqual("\r"u8) ? Result.NeedMore : Result.Malformed);
            ReadOnlySpan<byte> name = field.Name.In(bytes);
            ReadOnlySpan<byte> value = field.Value.In(bytes);
            at = field.End;
            if (Is(name, "upgrade"u8))
                upgrades |= Is(value, "websocket"u8);
            else if (Is(name, "connection"u8))
                connects |= Lists(value, "upgrade"u8);
            else if (Is(name, "sec-websocket-accept"u8))
                (accepts, wrong) = (accepts + 1, wrong + (value.SequenceEqual(accept) ? 0 : 1));
            else if (Is(name, "sec-websocket-protocol"u8))
                (protocols, wrong) = (protocols + 1, wrong + (value.SequenceEqual(subProtocol) ? 0 : 1));
            else if (Is(name, "sec-websocket-extensions"u8))
                offeredNothingElse &= value.IsEmpty;
            else if (Is(name, "content-length"u8) && Utf8Parser.TryParse(value, out int length, out int used) && used == value.Length)
                contentLength = Math.Max(0, length);
        }

        bool isMine = upgrades && connects && offeredNothingElse && accepts == 1 && protocols == 1 && wrong == 0;
        Result kind = status != 101 ? Result.Refused : isMine ? Result.Accepted : Result.Malformed;
        return new UpgradeAnswer(kind) { Status = status, HeadLength = at + 2, ContentLength = contentLength };
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) => Ascii.EqualsIgnoreCase(text, lowerCase);

    private static bool Lists(ReadOnlySpan<byte> value, ReadOnlySpan<byte> lowerCase)
    {
        foreach (ReadOnlySpan<byte> element in new ListElements(value))
        {
            if (Is(element, lowerCase))
                return true;
        }
        return false;
    }
}
